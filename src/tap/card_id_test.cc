#include "tap/card_id.h"

#include <gtest/gtest.h>

#include <array>

namespace tamtap {
namespace {

TEST(CardIdTest, HexadecimalIsReadInAnyCaseAndSpacing) {
  EXPECT_EQ(CardId::Parse("04a2b3c4d5e680")->text(), "04A2B3C4D5E680");
  EXPECT_EQ(CardId::Parse(" 17:6b:33:25\r\n")->text(), "176B3325");
  EXPECT_EQ(CardId::Parse("0123456789ABCDEF0123")->text(), "0123456789ABCDEF0123");
}

TEST(CardIdTest, TheDecimalNumberOfTheReaderStandsForTheSameCard) {
  EXPECT_EQ(CardId::Parse("100582761834")->text(), "176B3325");
  EXPECT_EQ(*CardId::Parse("100582761834"), *CardId::Parse("176B3325"));
}

TEST(CardIdTest, ADecimalNumberWithAWrongCheckByteIsRefused) {
  EXPECT_FALSE(CardId::Parse("100582761835"));
}

TEST(CardIdTest, ANumberThatBeginsWithAZeroIsAnotherReaders) {
  EXPECT_FALSE(CardId::Parse("0563537489"));  // its last byte happens to check the others
  EXPECT_EQ(CardId::Parse("563537489")->text(), "002196E6");
}

TEST(CardIdTest, EightDigitsAreHexadecimal) {
  EXPECT_EQ(CardId::Parse("12345678")->text(), "12345678");
}

TEST(CardIdTest, WhatIsNoCardIsRefusedWithAHint) {
  for (const char* text : {"", "  ", "XYZ", "12345", "0123456789", "99999999999999999999999",
                           "176B33", "hello world", "1099511627776"}) {
    const auto card = CardId::Parse(text);
    ASSERT_FALSE(card) << text;
    EXPECT_EQ(card.error().code, ErrorCode::kRejected);
    EXPECT_FALSE(card.error().hint.empty());
  }
}

TEST(CardIdTest, AUidOfFourSevenOrTenBytesIsACard) {
  const std::array<unsigned char, 7> uid = {0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x80};
  EXPECT_EQ(CardId::FromUid(uid)->text(), "04A2B3C4D5E680");
  EXPECT_FALSE(CardId::FromUid(std::span(uid).first(5)));
  EXPECT_FALSE(CardId::FromUid({}));
}

}  // namespace
}  // namespace tamtap
