#include "picture/clean_photo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
// After <cstdio>, which it needs.
#include <jpeglib.h>

#include <vector>

#include "base/random.h"
#include "picture/plain_jpeg.h"
#include "picture/test_picture.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct JpegKind {
  bool progressive = false;
  J_COLOR_SPACE colours = JCS_RGB;
  int components = 3;
};

// A picture of a slope of brightness.
std::string EncodeJpeg(unsigned width, unsigned height, const JpegKind& kind = {}) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = width;
  info.image_height = height;
  info.input_components = kind.components;
  info.in_color_space = kind.colours;
  jpeg_set_defaults(&info);
  if (kind.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  std::vector<JSAMPLE> row(size_t{width} * static_cast<size_t>(kind.components));
  for (unsigned y = 0; y < height; ++y) {
    for (size_t x = 0; x < row.size(); ++x) row[x] = static_cast<JSAMPLE>((x + y) / 8);
    JSAMPROW at = row.data();
    jpeg_write_scanlines(&info, &at, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string encoded(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  return encoded;
}

std::string Segment(unsigned char marker, const std::string& content) {
  const size_t length = content.size() + 2;
  return std::string{'\xFF', static_cast<char>(marker), static_cast<char>(length >> 8),
                     static_cast<char>(length & 0xFF)} +
         content;
}

// With all that may say more than the picture shows, and something else behind its end.
std::string WithSecrets(const std::string& jpeg) {
  return jpeg.substr(0, 2) + Segment(0xE1, std::string("Exif\0\0SECRET place", 18)) +
         Segment(0xE1, std::string("http://ns.adobe.com/xap/1.0/\0SECRET xmp", 39)) +
         Segment(0xE2, std::string("ICC_PROFILE\0\1\1SECRET icc", 24)) +
         Segment(0xED, std::string("Photoshop 3.0\0SECRET iptc", 25)) +
         Segment(0xFE, "SECRET comment") + jpeg.substr(2) + "PK\3\4 SECRET archive <script>";
}

TEST(CleanPhotoTest, NothingIsKeptButThePicture) {
  for (const bool progressive : {false, true}) {
    const std::string sent = WithSecrets(EncodeJpeg(320, 200, {progressive}));
    ASSERT_FALSE(IsPlainJpeg(sent));
    const auto kept = CleanJpeg(sent);
    ASSERT_TRUE(kept) << kept.error().Message();
    EXPECT_TRUE(IsPlainJpeg(*kept));
    EXPECT_THAT(*kept, Not(HasSubstr("SECRET")));
    const auto seen = DecodeGrey(*kept, 1000);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->width, 320);
    EXPECT_EQ(seen->height, 200);
    const auto before = DecodeGrey(sent, 1000);
    ASSERT_TRUE(before);
    int most = 0;
    for (size_t i = 0; i < seen->pixels.size(); ++i) {
      most = std::max(most, std::abs(int{seen->pixels[i]} - int{before->pixels[i]}));
    }
    EXPECT_LE(most, 40) << "the same picture";
  }
}

TEST(CleanPhotoTest, PhotographsComeOutSmallerThanTheLimitAndAreTakenAgain) {
  for (const char* name : {"six_faces.jpg", "one_face.png", "none_coffee.png"}) {
    const auto kept = CleanPicture(Photo(name));
    ASSERT_TRUE(kept) << name << kept.error().Message();
    EXPECT_TRUE(IsPlainJpeg(*kept));
    const auto again = CleanJpeg(*kept);
    ASSERT_TRUE(again);
    EXPECT_TRUE(IsPlainJpeg(*again));
  }
  EXPECT_FALSE(CleanJpeg(Photo("one_face.png"))) << "gates send JPEG and nothing else";
}

TEST(CleanPhotoTest, ALargePictureIsReduced) {
  for (const auto& [width, height] : {std::pair(4056U, 3040U), std::pair(200U, 5000U)}) {
    const auto kept = CleanJpeg(EncodeJpeg(width, height));
    ASSERT_TRUE(kept) << kept.error().Message();
    const auto seen = DecodeGrey(*kept, 100'000);
    ASSERT_TRUE(seen);
    EXPECT_LE(std::max(seen->width, seen->height), kLongestPhotoSide);
    EXPECT_GE(std::max(seen->width, seen->height), kLongestPhotoSide / 2);
  }
}

TEST(CleanPhotoTest, WhatIsNoJpegIsRefused) {
  for (const std::string& bytes :
       {std::string(), std::string("GIF89a"), std::string("<svg onload='x'>"),
        std::string("%PDF-1.7"), std::string("\xFF\xD8\xFF"),
        std::string("\xFF\xD8\xFF\xE0\x00\x10JFIF", 10), std::string("\x89PNG\r\n\x1A\n"),
        std::string("RIFF\0\0\0\0WEBPVP8 ", 16)}) {
    const auto kept = CleanJpeg(bytes);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ErrorCode::kRejected);
  }
  const auto four = CleanJpeg(EncodeJpeg(64, 64, {false, JCS_CMYK, 4}));
  ASSERT_FALSE(four);
  EXPECT_THAT(four.error().Message(), HasSubstr("four colours"));
  EXPECT_TRUE(CleanJpeg(EncodeJpeg(64, 64, {false, JCS_GRAYSCALE, 1})));
}

TEST(CleanPhotoTest, APictureCutOffAnywhereIsRefused) {
  for (const bool progressive : {false, true}) {
    const std::string whole = EncodeJpeg(640, 480, {progressive});
    for (size_t length = 0; length + 2 < whole.size(); length += 97) {
      EXPECT_FALSE(CleanJpeg(whole.substr(0, length))) << length;
    }
  }
}

// Its header says so, before memory or time is spent.
TEST(CleanPhotoTest, ADecodingBombIsRefused) {
  std::string bomb = EncodeJpeg(64, 64);
  const size_t frame = bomb.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  for (const auto& [height, width] : {std::pair(65000U, 65000U), std::pair(5001U, 5000U),
                                      std::pair(1U, 65000U), std::pair(65000U, 8U)}) {
    bomb[frame + 5] = static_cast<char>(height >> 8);
    bomb[frame + 6] = static_cast<char>(height & 0xFF);
    bomb[frame + 7] = static_cast<char>(width >> 8);
    bomb[frame + 8] = static_cast<char>(width & 0xFF);
    const auto kept = CleanJpeg(bomb);
    ASSERT_FALSE(kept);
    EXPECT_THAT(kept.error().Message(), HasSubstr("too many"));
  }
  // Passes need the whole picture in memory: that is bounded too.
  const auto passes = CleanJpeg(EncodeJpeg(4900, 4900, {true}));
  ASSERT_FALSE(passes);
  EXPECT_EQ(passes.error().code, ErrorCode::kRejected);
}

TEST(CleanPhotoTest, EndlessPassesAreCutShort) {
  // The last pass, again and again: each is allowed, and costs a walk over the picture.
  const std::string whole = EncodeJpeg(2000, 2000, {true});
  const size_t last = whole.rfind("\xFF\xDA");
  ASSERT_NE(last, std::string::npos);
  const std::string pass = whole.substr(last, whole.size() - 2 - last);
  std::string endless = whole.substr(0, whole.size() - 2);
  while (endless.size() < (4U << 20)) endless += pass;
  endless += "\xFF\xD9";
  const auto kept = CleanJpeg(endless);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, ErrorCode::kRejected);
}

TEST(CleanPhotoTest, DamagedBytesCostThePhotoAtMost) {
  SeededRandom random(7);
  for (const bool progressive : {false, true}) {
    const std::string whole = EncodeJpeg(320, 200, {progressive});
    int kept_anyway = 0;
    for (int i = 0; i < 300; ++i) {
      std::string damaged = whole;
      const uint64_t within = i % 2 == 0 ? std::min<uint64_t>(600, whole.size()) : whole.size();
      for (int k = 0; k < 4; ++k) {
        damaged[random.Below(within)] = static_cast<char>(random.Below(256));
      }
      const auto kept = CleanJpeg(damaged);
      if (!kept) {
        EXPECT_EQ(kept.error().code, ErrorCode::kRejected) << kept.error().Message();
        continue;
      }
      ++kept_anyway;
      EXPECT_TRUE(IsPlainJpeg(*kept));
    }
    EXPECT_GT(kept_anyway, 0);
  }
}

}  // namespace
}  // namespace tamtap
