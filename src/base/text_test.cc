#include "base/text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/unreadable.h"

namespace tamtap {
namespace {

using namespace std::string_literals;

std::string Utf16(std::u16string_view text, bool big) {
  std::string bytes = big ? "\xFE\xFF" : "\xFF\xFE";
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += big ? high : low;
    bytes += big ? low : high;
  }
  return bytes;
}

TEST(Text, AWellFormedSequenceIsOneCodePointLong) {
  EXPECT_EQ(Utf8Length("a"), 1u);
  EXPECT_EQ(Utf8Length("\xC3\xB1o"), 2u);
  EXPECT_EQ(Utf8Length("\xE2\x82\xAC"), 3u);
  EXPECT_EQ(Utf8Length("\xF0\x9F\x98\x80!"), 4u);
}

TEST(Text, WhatIsNoSequenceHasNoLength) {
  for (const std::string_view bad :
       {"", "\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xF0\x9F\x98", "\xFF", "\xF1z"}) {
    EXPECT_EQ(Utf8Length(bad), 0u) << bad;
  }
}

TEST(Text, CharactersAreCountedAndNotBytes) {
  EXPECT_EQ(CountCharacters(""), 0u);
  EXPECT_EQ(CountCharacters("Pe\u00F1a"), 4u);
  EXPECT_EQ(CountCharacters("\xF0\x9F\x98\x80!"), 2u);
  EXPECT_EQ(CountCharacters("\xF1\x80"), 2u);
}

TEST(Text, ABadByteIsTakenAlone) {
  std::string_view text = "\xC3(\xF0\x9F\x98\x80";
  EXPECT_EQ(TakeCodePoint(text), kNoCodePoint);
  EXPECT_EQ(TakeCodePoint(text), U'(');
  EXPECT_EQ(TakeCodePoint(text), char32_t{0x1F600});
  EXPECT_TRUE(text.empty());
}

TEST(Text, AllSpellingsOfALetterAreOneAfterComposing) {
  EXPECT_EQ(Nfc("man\u0303ana"), "ma\u00F1ana");
  EXPECT_EQ(Nfc("ma\u00F1ana"), "ma\u00F1ana");
  EXPECT_EQ(Nfc("plain"), "plain");
  EXPECT_EQ(Nfc("Pe\xF1\x61"), "Pe\xF1\x61");  // not UTF-8: as it is
}

TEST(Text, SpacesOfSpreadsheetsAreTrimmed) {
  EXPECT_EQ(TrimSpace("\u00A0 Narra\u202F\t"), "Narra");
  EXPECT_EQ(TrimSpace("\uFEFFLa Salle "), "La Salle");
  EXPECT_EQ(TrimSpace(" \u3000 "), "");
  EXPECT_EQ(TrimSpace(""), "");
  EXPECT_EQ(TrimSpace("\xF1 "), "\xF1");
}

TEST(Text, AUtf8FileIsTakenAsItIsWithoutItsMark) {
  const auto plain = DecodeSpreadsheet("Pe\u00F1a");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->text, "Pe\u00F1a");
  EXPECT_EQ(plain->encoding, Encoding::kUtf8);
  const auto marked = DecodeSpreadsheet("\xEF\xBB\xBFPe\u00F1a");
  ASSERT_TRUE(marked);
  EXPECT_EQ(marked->text, "Pe\u00F1a");
}

TEST(Text, AWindows1252FileIsReadAsThat) {
  const auto decoded = DecodeSpreadsheet(
      "Pe\xF1"
      "a \x80 \x93x\x94 \x81");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->text, "Pe\u00F1a \u20AC \u201Cx\u201D \uFFFD");
  EXPECT_EQ(decoded->encoding, Encoding::kWindows1252);
}

TEST(Text, AUtf16FileIsConvertedInEitherByteOrder) {
  for (const bool big : {false, true}) {
    const auto decoded = DecodeSpreadsheet(Utf16(u"Pe\u00F1a \U0001F600", big));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->text, "Pe\u00F1a \U0001F600");
    EXPECT_EQ(decoded->encoding, Encoding::kUtf16);
    const auto unicode = DecodeUnicode(Utf16(u"{\"a\":\"\u00F1\"}", big), "a file");
    ASSERT_TRUE(unicode);
    EXPECT_EQ(*unicode, "{\"a\":\"\u00F1\"}");
  }
}

TEST(Text, WhatIsNoTextIsRefused) {
  EXPECT_FALSE(DecodeSpreadsheet("PK\x03\x04\0\0"s));  // a workbook
  EXPECT_FALSE(
      DecodeSpreadsheet("\xFF\xFE"
                        "a"));  // half a unit
  EXPECT_FALSE(
      DecodeSpreadsheet("\xFF\xFE\x00\xD8"
                        "a\0"s));  // half a pair
  const auto refused = DecodeUnicode(
      "Pe\xF1"
      "a",
      "the password");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
  EXPECT_NE(refused.error().Message().find("offset 2"), std::string::npos);
}

// Whatever the bytes: what comes out is UTF-8 in its composed form, and reading that again changes
// nothing.
TEST(Text, AnyBytesBecomeTextOrAreRefused) {
  std::mt19937_64 random(20260611);
  const std::string_view pieces[] = {"\xC3\xB1",     "n\u0303",  "\xF0\x9F\x98\x80", "\xED\xA0\x80",
                                     "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF",         "Narra,",
                                     "\r\n",         "\"",       "\xE2\x80\xAF",     "\x81"};
  size_t texts = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string bytes;
    for (uint64_t left = random() % 12; left > 0; --left) {
      if (random() % 2 == 0) {
        bytes += static_cast<char>(random());
      } else {
        bytes += pieces[random() % std::size(pieces)];
      }
    }
    const auto decoded = DecodeSpreadsheet(bytes);
    if (!decoded) continue;
    ++texts;
    ASSERT_TRUE(IsUtf8(decoded->text));
    ASSERT_EQ(Nfc(decoded->text), decoded->text);
    if (IsUtf8(bytes) && !bytes.starts_with("\xEF\xBB\xBF")) {
      ASSERT_EQ(decoded->text, Nfc(bytes));
    }
    const auto strict = DecodeUnicode(bytes, "it");
    ASSERT_EQ(strict.has_value(), decoded->encoding != Encoding::kWindows1252);
    const std::string_view trimmed = TrimSpace(decoded->text);
    ASSERT_EQ(TrimSpace(trimmed), trimmed);
  }
  EXPECT_GT(texts, 50'000u);
}

// For every code point: composing leaves it UTF-8, and it is taken whole.
TEST(Text, EveryCodePointIsTakenWhole) {
  for (char32_t point = 1; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    std::string text;
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
    } else if (point < 0x10000) {
      text += {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
               static_cast<char>(0x80 | (point & 0x3F))};
    } else {
      text +=
          {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3F)),
           static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
    }
    std::string_view rest = text;
    ASSERT_EQ(TakeCodePoint(rest), point);
    ASSERT_TRUE(rest.empty());
    ASSERT_TRUE(IsUtf8(Nfc(text)));
  }
}

TEST(Shortened, EndsBetweenCharactersAndIsAlwaysText) {
  const std::string text = "a\u00F1\u4E16\U0001F600z";  // of 1, 2, 3, 4 and 1 bytes
  const size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (size_t most = 0; most < std::size(ends); ++most) {
    EXPECT_EQ(Shortened(text, most), text.substr(0, ends[most])) << most;
  }
  EXPECT_EQ(Shortened("a\xC3", 10), "a\uFFFD");
  EXPECT_EQ(Shortened("a\xC3", 3), "a") << "what stands for a byte must fit, too";
  EXPECT_EQ(Shortened(text.substr(0, 5), 11), "a\u00F1\uFFFD\uFFFD");
}

TEST(Unreadable, ARowIsCountedOnceHoweverOftenItIsMet) {
  const uint64_t before = UnreadableRows();
  const Error why{ErrorCode::kCorrupt, "it is not UTF-8", 0, ""};
  NoteUnreadable("row 1 of the test", why);
  NoteUnreadable("row 1 of the test", why);
  NoteUnreadable("row 2 of the test", why);
  EXPECT_EQ(UnreadableRows(), before + 2);
}

}  // namespace
}  // namespace tamtap
