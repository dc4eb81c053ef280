#include "base/gzip.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace tamtap {
namespace {

TEST(Gzip, WhatWentInComesOut) {
  SeededRandom random(1);
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{1000}, size_t{64 << 10}, size_t{300'000}}) {
    std::string noise(size, '\0');
    random.Fill({reinterpret_cast<unsigned char*>(noise.data()), noise.size()});
    for (const std::string& text : {std::string(size, 'x'), noise}) {
      const auto back = Gunzip(Gzip(text).value(), size + 1);
      ASSERT_TRUE(back) << back.error().Message();
      EXPECT_EQ(*back, text);
    }
  }
}

TEST(Gzip, ABombIsRefusedBeforeItGrows) {
  const std::string bomb = Gzip(std::string(50 << 20, '\0')).value();
  EXPECT_LT(bomb.size(), 100'000u);
  const auto inflated = Gunzip(bomb, 1 << 20);
  ASSERT_FALSE(inflated);
  EXPECT_EQ(inflated.error().code, ErrorCode::kFull);
}

TEST(Gzip, EveryCutAndEveryFlippedByteIsFound) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "line " + std::to_string(i * i) + "\n";
  const std::string whole = Gzip(text).value();
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto cut = Gunzip(std::string_view(whole).substr(0, size), 1 << 20);
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::kCorrupt) << size;
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    const auto inflated = Gunzip(flipped, 1 << 20);
    // Some header bytes (time, system) say nothing of the content.
    if (inflated) {
      EXPECT_EQ(*inflated, text) << at;
    }
  }
  EXPECT_FALSE(Gunzip(whole + "x", 1 << 20));
  EXPECT_FALSE(Gunzip("{\"tap\":\"in plain text\"}", 1 << 20));
}

TEST(Gzip, TheBeginningIsReadOfWhatIsCutOffAnywhere) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "line " + std::to_string(i * i) + "\n";
  const std::string whole = Gzip(text).value();
  EXPECT_EQ(GunzipBeginning(whole, 4096), text.substr(0, 4096));
  EXPECT_EQ(GunzipBeginning(whole, text.size() + 1), text);
  for (size_t size = 0; size < whole.size(); size += 97) {
    const std::string begun = GunzipBeginning(std::string_view(whole).substr(0, size), 4096);
    EXPECT_EQ(begun, text.substr(0, begun.size())) << size;
  }
  EXPECT_EQ(GunzipBeginning("{\"tap\":\"in plain text\"}", 4096), "");
}

}  // namespace
}  // namespace tamtap
