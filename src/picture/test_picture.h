// Pictures for tests: the photographs of scripts/test-photos, and what can be done to them.
#pragma once

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "picture/picture.h"

namespace tamtap {

inline std::string PhotoPath(const std::string& name) {
  const char* const given = std::getenv("TAMTAP_TEST_PHOTOS");
  return std::string(given != nullptr ? given : TAMTAP_TEST_PHOTOS) + "/" + name;
}

// Its bytes; the test fails with a sentence if it is missing.
inline std::string Photo(const std::string& name) {
  std::ifstream file(PhotoPath(name), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_FALSE(bytes.empty()) << PhotoPath(name) << " is missing: run scripts/test-photos";
  return bytes;
}

inline GreyPicture GreyPhoto(const std::string& name) {
  auto picture = DecodeGrey(Photo(name), 100000);
  EXPECT_TRUE(picture) << name;
  return picture ? std::move(*picture) : GreyPicture{1, 1, {0}};
}

inline std::string EncodePng(const GreyPicture& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  EXPECT_NE(
      png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.pixels.data(), 0, nullptr),
      0);
  bytes.resize(size);
  return bytes;
}

// A picture whose every pixel is `pixel(x, y)`, 0 to 255.
template <typename Pixel>
GreyPicture Paint(int width, int height, Pixel pixel) {
  GreyPicture picture{width, height, {}};
  picture.pixels.reserve(static_cast<size_t>(width) * static_cast<size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.pixels.push_back(
          static_cast<unsigned char>(std::clamp(static_cast<double>(pixel(x, y)), 0.0, 255.0)));
    }
  }
  return picture;
}

// Between pixels, and beyond the edges, where the nearest one goes on.
inline double Sample(const GreyPicture& picture, double x, double y) {
  x = std::clamp(x, 0.0, picture.width - 1.0);
  y = std::clamp(y, 0.0, picture.height - 1.0);
  const int left = static_cast<int>(x);
  const int top = static_cast<int>(y);
  const int right = std::min(left + 1, picture.width - 1);
  const int bottom = std::min(top + 1, picture.height - 1);
  const auto at = [&](int column, int row) {
    return static_cast<double>(
        picture.pixels[static_cast<size_t>(row) * static_cast<size_t>(picture.width) +
                       static_cast<size_t>(column)]);
  };
  const double dx = x - left;
  const double dy = y - top;
  return (at(left, top) * (1 - dx) + at(right, top) * dx) * (1 - dy) +
         (at(left, bottom) * (1 - dx) + at(right, bottom) * dx) * dy;
}

inline GreyPicture Scale(const GreyPicture& picture, double factor) {
  return Paint(static_cast<int>(picture.width * factor), static_cast<int>(picture.height * factor),
               [&](int x, int y) { return Sample(picture, x / factor, y / factor); });
}

// By `degrees` around its middle.
inline GreyPicture Rotate(const GreyPicture& picture, double degrees) {
  const double angle = degrees * 3.14159265358979 / 180;
  const double cx = picture.width / 2.0;
  const double cy = picture.height / 2.0;
  return Paint(picture.width, picture.height, [&](int x, int y) {
    return Sample(picture, cx + (x - cx) * std::cos(angle) - (y - cy) * std::sin(angle),
                  cy + (x - cx) * std::sin(angle) + (y - cy) * std::cos(angle));
  });
}

// Mean over a square of 2 * radius + 1 pixels.
inline GreyPicture Blur(const GreyPicture& picture, int radius) {
  const auto along = [radius](const GreyPicture& from, int step_x, int step_y) {
    return Paint(from.width, from.height, [&](int x, int y) {
      double sum = 0;
      for (int i = -radius; i <= radius; ++i) sum += Sample(from, x + i * step_x, y + i * step_y);
      return sum / (2 * radius + 1);
    });
  };
  return along(along(picture, 1, 0), 0, 1);
}

// `picture` in a frame of another size, its left upper corner at (left, top), on grey.
inline GreyPicture Place(const GreyPicture& picture, int width, int height, int left, int top) {
  return Paint(width, height, [&](int x, int y) {
    const bool inside =
        x >= left && y >= top && x < left + picture.width && y < top + picture.height;
    return inside ? Sample(picture, x - left, y - top) : 170.0;
  });
}

}  // namespace tamtap
