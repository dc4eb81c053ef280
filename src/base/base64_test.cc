#include "base/base64.h"

#include <gtest/gtest.h>

#include <cctype>

#include "base/random.h"

namespace tamtap {
namespace {

TEST(Base64, EveryLengthComesBack) {
  SeededRandom random(1);
  for (size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    random.Fill({reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()});
    std::string text = Base64Encode(bytes);
    EXPECT_EQ(text.size(), (size + 2) / 3 * 4);
    EXPECT_EQ(Base64Decode(text), bytes);
    text.erase(std::min(text.find('='), text.size()));
    EXPECT_EQ(Base64Decode(text, Base64::kUnpadded), bytes);
  }
}

TEST(Base64, IsThatOfTheStandard) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64Encode("\xFB\xFF"), "+/8=");
}

TEST(Base64, WhatEncodingWouldNotGiveIsNothing) {
  for (const char* const text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "==", "Zh==", "Zm9=",
                                 "Zm 9v", "Zm9v\n", "Zm9v ", "-_8=", "Zm9vZg==Zm9v", "Zg==Zg=="}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
  EXPECT_EQ(Base64Decode(std::string_view("Zm9v\0", 5)), std::nullopt);
  for (size_t at = 0; at < 4; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = "Zm9v";
      text[at] = static_cast<char>(byte);
      const bool letter = byte < 0x80 && (std::isalnum(byte) != 0 || byte == '+' || byte == '/');
      EXPECT_EQ(Base64Decode(text).has_value(), letter) << at << " " << byte;
    }
  }
  EXPECT_EQ(Base64Decode("Zg==", Base64::kUnpadded), std::nullopt);
}

}  // namespace
}  // namespace tamtap
