#include "picture/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "picture/test_picture.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

TEST(PictureTest, APngComesOutAsItIs) {
  const GreyPicture painted = Paint(7, 5, [](int x, int y) { return x * 20 + y; });
  const auto decoded = DecodeGrey(EncodePng(painted), 1);
  ASSERT_TRUE(decoded) << decoded.error().Message();
  EXPECT_EQ(decoded->width, 7);
  EXPECT_EQ(decoded->height, 5);
  EXPECT_EQ(decoded->pixels, painted.pixels);
}

TEST(PictureTest, AJpegIsReducedOnlyAsFarAsAsked) {
  const std::string photo = Photo("six_faces.jpg");  // 1280 x 886
  for (const auto& [enough, width] :
       {std::pair(1280, 1280), std::pair(641, 1280), std::pair(640, 640), std::pair(320, 320),
        std::pair(1, 160)}) {
    const auto decoded = DecodeGrey(photo, enough);
    ASSERT_TRUE(decoded) << decoded.error().Message();
    EXPECT_EQ(decoded->width, width) << enough;
    EXPECT_EQ(decoded->pixels.size(),
              static_cast<size_t>(decoded->width) * static_cast<size_t>(decoded->height));
  }
}

TEST(PictureTest, WhatIsNoPictureIsRejected) {
  for (const std::string& bytes :
       {std::string(), std::string("GIF89a"), std::string("\xFF\xD8\xFF"),
        std::string("\x89PNG\r\n\x1A\n"), std::string("\xFF\xD8\xFF\xE0\x00\x10JFIF", 10),
        std::string(1000, '\0')}) {
    const auto decoded = DecodeGrey(bytes, 640);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::kRejected);
  }
}

TEST(PictureTest, APictureCutOffAnywhereIsRejected) {
  for (const char* name : {"one_face.png", "six_faces.jpg"}) {
    const std::string photo = Photo(name);
    ASSERT_GT(photo.size(), 100U);
    for (int i = 0; i < 20; ++i) {
      const size_t length = photo.size() * static_cast<size_t>(i) / 20;
      EXPECT_FALSE(DecodeGrey(photo.substr(0, length), 640)) << name << " " << length;
    }
  }
}

// Damage may go unseen, but never beyond the picture (run under the address sanitizer).
TEST(PictureTest, DamagedBytesDoNoHarm) {
  SeededRandom random(11);
  for (const char* name : {"one_face.png", "six_faces.jpg"}) {
    const std::string photo = Photo(name);
    ASSERT_FALSE(photo.empty());
    for (int i = 0; i < 60; ++i) {
      std::string damaged = photo;
      // Every other time among the headers.
      const uint64_t within = i % 2 == 0 ? std::min<uint64_t>(600, photo.size()) : photo.size();
      for (int k = 0; k < 3; ++k) {
        damaged[random.Below(within)] = static_cast<char>(random.Below(256));
      }
      const auto decoded = DecodeGrey(damaged, 160);
      if (decoded) {
        EXPECT_EQ(decoded->pixels.size(),
                  static_cast<size_t>(decoded->width) * static_cast<size_t>(decoded->height));
      } else {
        EXPECT_EQ(decoded.error().code, ErrorCode::kRejected);
      }
    }
  }
}

TEST(PictureTest, AJpegWhoseDataMakesNoSenseOrEndsEarlyIsSaidToBeDamaged) {
  const std::string photo = Photo("six_faces.jpg");
  EXPECT_FALSE(DecodeGrey(photo, 1)->damaged);
  EXPECT_EQ(DecodeGrey(photo, 640)->reduced, 2);
  const auto early = DecodeGrey(photo.substr(0, photo.size() / 2) + "\xFF\xD9", 1);
  ASSERT_TRUE(early) << "it has an end";
  EXPECT_TRUE(early->damaged);
}

TEST(PictureTest, APictureOfTooManyPixelsIsRefusedByItsHeader) {
  std::string png = EncodePng(Paint(8, 8, [](int, int) { return 0; }));
  // IHDR's width and height, and its checksum (zlib's crc32 over "IHDR" and its 13 bytes).
  const auto put = [&png](size_t at, uint32_t number) {
    for (int i = 0; i < 4; ++i)
      png[at + static_cast<size_t>(i)] = static_cast<char>(number >> (24 - 8 * i));
  };
  put(16, 20000);
  put(20, 20000);
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 12; i < 29; ++i) {
    crc ^= static_cast<unsigned char>(png[i]);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  put(29, ~crc);
  auto decoded = DecodeGrey(png, 640);
  ASSERT_FALSE(decoded);
  EXPECT_THAT(decoded.error().Message(), HasSubstr("too many"));

  std::string jpeg = Photo("six_faces.jpg");
  const size_t frame = jpeg.find("\xFF\xC0");  // start of frame: length, precision, height, width
  ASSERT_NE(frame, std::string::npos);
  for (size_t i = 5; i < 9; ++i) jpeg[frame + i] = '\x7F';  // 32,639 x 32,639
  decoded = DecodeGrey(jpeg, 640);
  ASSERT_FALSE(decoded);
  EXPECT_THAT(decoded.error().Message(), HasSubstr("too many"));
}

}  // namespace
}  // namespace tamtap
