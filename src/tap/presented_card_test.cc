#include "tap/presented_card.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

TEST(PresentedCardTest, WhatAReaderPutsAroundTheIdIsTakenOff) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, const char*> kFramed[] = {
      {"\x02"
       "04A2B3C4\x03",
       "04A2B3C4"},
      {"\x02"
       "04A2B3C4\r\n\x03",
       "04A2B3C4"},
      {"\x01\x02 04A2B3C4 \x03\x04", "04A2B3C4"},
      {"04A2B3C4\r", "04A2B3C4"},
      {"04A2B3C4\0"sv, "04A2B3C4"},
      {";04A2B3C4?", "04A2B3C4"},
      {";04A2B3C4?8", "04A2B3C4"},
      {"%04A2B3C4?", "04A2B3C4"},
      {"\x02;04A2B3C4?\x03\r", "04A2B3C4"},
      {"0x04A2B3C4", "04A2B3C4"},
      {"0X04a2b3c4", "04A2B3C4"},
      {"0x04 0xA2 0xB3 0xC4", "04A2B3C4"},
      {"0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x80", "04A2B3C4D5E680"},
      {"\x7F"
       "100582761834\t",
       "176B3325"},
      {"\xEF\xBB\xBF"
       "04A2B3C4",
       "04A2B3C4"}};
  for (const auto& [line, uid] : kFramed) {
    EXPECT_EQ(PresentedCard::Text(line, CardFormat::kAuto).readings.uid.text(), uid) << line;
  }
  const PresentedCard number = PresentedCard::Text(";0563537489?", CardFormat::kAuto);
  EXPECT_EQ(number.text, "0563537489");
  EXPECT_EQ(number.readings.possible.size(), 2u);
}

TEST(PresentedCardTest, WhatIsNoCardIsShownAsItWasRead) {
  const std::pair<std::string_view, const char*> kNoCards[] = {{"hello", "hello"},
                                                               {" 17 ", "17"},
                                                               {"a\x02"
                                                                "b",
                                                                "a\\u0002b"},
                                                               {";hello?", ";hello?"},
                                                               {"0xHELLO", "0xHELLO"},
                                                               {"0x0563537489", "0x0563537489"},
                                                               {"\xFF\xFE", "\\xff\\xfe"},
                                                               {"\x1B[2J", "[2J"},
                                                               {"", ""},
                                                               {"na\xC3\xAFve", "na\xC3\xAFve"},
                                                               {"\x02\x03", ""}};
  for (const auto& [line, text] : kNoCards) {
    const PresentedCard card = PresentedCard::Text(line, CardFormat::kAuto);
    EXPECT_TRUE(card.readings.none()) << line;
    EXPECT_EQ(card.text, text);
  }
  EXPECT_EQ(PresentedCard::Text(std::string(5'000, '\x80'), CardFormat::kAuto).text.size(), 64u);
}

TEST(PresentedCardTest, AReaderThatReadsTheCardItselfSaysOneUid) {
  const PresentedCard card = PresentedCard::Uid(*CardId::Parse("12345678"));
  EXPECT_EQ(card.text, "12345678");
  EXPECT_TRUE(card.readings.possible.empty());
}

TEST(PresentedCardTest, TheFormatHoldsForWhatIsInTheFrame) {
  EXPECT_EQ(PresentedCard::Text(";0563537489?", CardFormat::kDecReversed).readings.uid.text(),
            "51E69621");
  EXPECT_EQ(PresentedCard::Text("0x2196E651", CardFormat::kHexReversed).readings.uid.text(),
            "51E69621");
  EXPECT_TRUE(PresentedCard::Text("0x2196E651", CardFormat::kDec).readings.none());
}

}  // namespace
}  // namespace tamtap
