#include "base/ascii.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

TEST(Ascii, LettersLoseTheirMarksInAscii) {
  EXPECT_EQ(ToAscii("Niño Peña", "?"), "Nino Pena");
  EXPECT_EQ(ToAscii("Weiß Ægir Œuvre Łukasz Þór Đạt", "?"), "Weiss AEgir OEuvre Lukasz THor Dat");
  EXPECT_EQ(ToAscii("Nguyễn Thị Ǿ", "?"), "Nguyen Thi O");
  EXPECT_EQ(ToAscii("n\u0303g\u0303", "?"), "ng") << "marks of their own";
  EXPECT_EQ(ToAscii("O\u2019Neil\u2013Cruz \u201Cx\u201D", "?"), "O'Neil-Cruz \"x\"");
  EXPECT_EQ(ToAscii("a\u00A0b\u202Fc\u3000d", "?"), "a b c d");
  EXPECT_EQ(ToAscii("a\u200Bb\u202Ec\u0085d\uFEFF", "?"), "abcd");
  EXPECT_EQ(ToAscii("李 Ana", "?"), "? Ana");
  EXPECT_EQ(ToAscii("한", "?"), "?") << "one for a letter that has parts";
  EXPECT_EQ(ToAscii("A\xFF\xC3", "?"), "A??");
  EXPECT_EQ(ToAscii("李", ""), "");
  EXPECT_EQ(ToAscii("a\t\x1B\n", "?"), "a\t\x1B\n");
}

TEST(Ascii, EveryLatinLetterHasAnAsciiSpelling) {
  const auto all = [](char32_t first, char32_t last) {
    for (char32_t point = first; point <= last; ++point) {
      std::string letter;
      if (point < 0x800) {
        letter = {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
      } else {
        letter = {static_cast<char>(0xE0 | point >> 12),
                  static_cast<char>(0x80 | (point >> 6 & 0x3F)),
                  static_cast<char>(0x80 | (point & 0x3F))};
      }
      const std::string ascii = ToAscii(letter, "?");
      EXPECT_TRUE(!ascii.empty() && ascii.find('?') == ascii.npos) << letter << " " << ascii;
    }
  };
  all(0xC0, 0x17F);     // Latin-1 Supplement and Latin Extended-A
  all(0x1EA0, 0x1EF9);  // Vietnamese
}

TEST(Ascii, OnlyLettersOfAsciiAreLowered) {
  EXPECT_EQ(LowerAscii("AZ az 09 @[ Ñ"), "az az 09 @[ Ñ");
}

}  // namespace
}  // namespace tamtap
