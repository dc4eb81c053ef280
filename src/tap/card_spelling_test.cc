#include "tap/card_spelling.h"

#include <gmock/gmock.h>

#include <set>

#include "base/text.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Texts(const std::vector<CardId>& cards) {
  std::vector<std::string> texts;
  for (const CardId& card : cards) texts.push_back(card.text());
  return texts;
}

TEST(CardSpellingTest, EachSpellingOfACardIsReadAsThatCard) {
  for (const char* uid :
       {"176B3325", "51E69621", "00000001", "FFFFFFFF", "04A2B3C4D5E680", "0123456789ABCDEF0123"}) {
    const CardId card = *CardId::Parse(uid);
    const auto spellings = SpellingsOf(card);
    EXPECT_EQ(spellings.front().text, uid);
    EXPECT_EQ(spellings.size(), card.text().size() == 8 ? 4u : 2u);
    for (const CardSpelling& each : spellings) {
      const CardReadings readings = ReadingsOf(each.text);
      const bool cut = readings.beginnings == std::vector<std::string>{card.text().substr(0, 6)};
      EXPECT_TRUE(readings.MayBe(card) || cut) << uid << " as " << each.text;
    }
  }
  EXPECT_EQ(SpellingsOf(*CardId::Parse("176B3325"))[1].text, "100582761834");
  EXPECT_EQ(SpellingsOf(*CardId::Parse("51E69621"))[3].text, "0563537489");
  EXPECT_EQ(SpellingsOf(*CardId::Parse("04A3C6CAE26180"))[1].text, "584193394409");
}

TEST(CardSpellingTest, TheUidInHexadecimalOrByItsCheckByteIsExactlyOneCard) {
  const std::pair<const char*, const char*> kExact[] = {
      {"04A2B3C4", "04A2B3C4"},
      {"04a2b3c4d5e680", "04A2B3C4D5E680"},
      {"04:A2:B3:C4:D5:E6:80", "04A2B3C4D5E680"},
      {"04-a2-b3-c4", "04A2B3C4"},
      {" 04 A2 B3 C4 ", "04A2B3C4"},
      {"\xC2\xA0"
       "04A2B3C4"
       "\xE2\x80\xAF",
       "04A2B3C4"},  // no-break spaces
      {"0123456789ABCDEF0123", "0123456789ABCDEF0123"},
      {"01020304050607", "01020304050607"},
      {"100582761834", "176B3325"},
      {"1099511627520", "FFFFFFFF"},
      {"743110599834", "AD04D7E4"}};
  for (const auto& [spelled, uid] : kExact) {
    const CardReadings readings = ReadingsOf(spelled);
    EXPECT_EQ(readings.uid.text(), uid) << spelled;
    EXPECT_THAT(readings.possible, IsEmpty()) << spelled;
    EXPECT_THAT(readings.beginnings, IsEmpty()) << spelled;
  }
}

TEST(CardSpellingTest, ANumberWithoutACheckByteIsFourBytesInEitherOrder) {
  const std::pair<const char*, std::vector<std::string>> kNumbers[] = {
      {"0563537489", {"2196E651", "51E69621"}},   {"2710951593", {"A195D6A9", "A9D695A1"}},
      {"1426522848", {"550702E0", "E0020755"}},   {"4294967294", {"FFFFFFFE", "FEFFFFFF"}},
      {"0000012345", {"00003039", "39300000"}},   {"3735928559", {"DEADBEEF", "EFBEADDE"}},
      {"305419896", {"12345678", "78563412"}},    {"1234567", {"0012D687", "87D61200"}},
      {" 0078640322 ", {"04AFF4C2", "C2F4AF04"}}, {"4026531841", {"F0000001", "010000F0"}}};
  for (const auto& [spelled, cards] : kNumbers) {
    const CardReadings readings = ReadingsOf(spelled);
    EXPECT_EQ(readings.uid.text(), "") << spelled;
    EXPECT_EQ(Texts(readings.possible), cards) << spelled;
    EXPECT_THAT(readings.beginnings, IsEmpty()) << spelled;
  }
}

TEST(CardSpellingTest, WhatSaysOneCardMayBeANumberBesides) {
  EXPECT_EQ(ReadingsOf("12345678").uid.text(), "12345678");
  EXPECT_THAT(Texts(ReadingsOf("12345678").possible), ElementsAre("00BC614E", "4E61BC00"));
  EXPECT_EQ(ReadingsOf("563537489").uid.text(), "002196E6");
  EXPECT_THAT(Texts(ReadingsOf("563537489").possible), ElementsAre("2196E651", "51E69621"));
}

TEST(CardSpellingTest, FourBytesThatBeginWith88AreTheStartOfASevenByteCard) {
  const std::pair<const char*, const char*> kCut[] = {
      {"584193394409", "04A3C6"}, {"8804A3C6", "04A3C6"}, {"88:04:a3:c6", "04A3C6"},
      {"584183165497", "0407B2"}, {"880407B2", "0407B2"}, {"584115552392", "000000"},
      {"88FFFFFF", "FFFFFF"},     {"88000000", "000000"}};
  for (const auto& [spelled, beginning] : kCut) {
    const CardReadings readings = ReadingsOf(spelled);
    EXPECT_EQ(readings.uid.text(), "") << spelled;
    EXPECT_THAT(readings.beginnings, ElementsAre(beginning)) << spelled;
  }
  // Of an Arduino, which prints no check byte: 88 04 A3 C6, from either end.
  const CardReadings number = ReadingsOf("2282005446");
  EXPECT_THAT(number.beginnings, ElementsAre("04A3C6"));
  EXPECT_THAT(Texts(number.possible), ElementsAre("C6A30488"));
}

TEST(CardSpellingTest, ASevenByteCardIsKnownByItsBeginning) {
  const CardReadings cut = ReadingsOf("584193394409");
  EXPECT_TRUE(cut.BeginsLike(*CardId::Parse("04A3C6CAE26180")));
  EXPECT_TRUE(cut.MayBe(*CardId::Parse("04A3C6CAE26180")));
  EXPECT_FALSE(cut.MayBe(*CardId::Parse("04A3C7CAE26180")));
  EXPECT_FALSE(cut.MayBe(*CardId::Parse("04A3C6CA")));
  EXPECT_FALSE(cut.MayBe(*CardId::Parse("04A3C6CAE26180112233")));
  EXPECT_FALSE(cut.MayBe(CardId()));
}

TEST(CardSpellingTest, WhatNoReaderGivesHasNoReading) {
  for (const char* spelled : {"",
                              " ",
                              "hello",
                              "LRN-102938",
                              "100582761835",
                              "4294967296",
                              "123456",
                              "0123456",
                              "17",
                              "99999999999999",
                              "0A00123456",
                              "04A2B3C",
                              "04A2B3C4D",
                              "-563537489",
                              "5.63e8",
                              "0x04A2B3C",
                              "\xFF\xFE",
                              "\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93",
                              "1099511627776",
                              "12345678901234567890X"}) {
    const CardReadings readings = ReadingsOf(spelled);
    // 14 digits are seven bytes.
    EXPECT_EQ(readings.none(), std::string_view(spelled) != "99999999999999") << spelled;
  }
}

TEST(CardSpellingTest, WhatSaysThatItIsHexadecimalIsTheSameCard) {
  for (const char* spelled :
       {"0x04A2B3C4", "0X04a2b3c4", "0x04 0xA2 0xB3 0xC4", "0x04,0xA2,0xB3,0xC4"}) {
    EXPECT_EQ(ReadingsOf(spelled).uid.text(), "04A2B3C4") << spelled;
    EXPECT_TRUE(ReadingsOf(spelled).possible.empty()) << spelled;
    EXPECT_EQ(PersonKeyOf(spelled), "04A2B3C4") << spelled;
  }
  EXPECT_TRUE(ReadingsOf("0x12345678").possible.empty()) << "it is no number";
}

TEST(CardSpellingTest, AFormatLeavesOneReading) {
  struct Case {
    const char* spelled;
    CardFormat format;
    const char* uid;
  };
  const Case kCases[] = {{"0563537489", CardFormat::kDec, "2196E651"},
                         {"0563537489", CardFormat::kDecReversed, "51E69621"},
                         {"563537489", CardFormat::kMfrc522, "002196E6"},
                         {"100582761834", CardFormat::kMfrc522, "176B3325"},
                         {"12345678", CardFormat::kDec, "00BC614E"},
                         {"12345678", CardFormat::kHex, "12345678"},
                         {"12345678", CardFormat::kHexReversed, "78563412"},
                         {"04A2B3C4D5E680", CardFormat::kHexReversed, "80E6D5C4B3A204"},
                         {"17", CardFormat::kDec, "00000011"},
                         {"0563537489", CardFormat::kMfrc522, ""},
                         {"0563537489", CardFormat::kHex, ""},
                         {"4294967296", CardFormat::kDec, ""},
                         {"04A2B3C4", CardFormat::kDec, ""},
                         {"", CardFormat::kDecReversed, ""}};
  for (const Case& each : kCases) {
    const CardReadings readings = ReadingsOf(each.spelled, each.format);
    EXPECT_EQ(readings.uid.text(), each.uid) << each.spelled << " " << ToString(each.format);
    EXPECT_THAT(readings.possible, IsEmpty()) << each.spelled;
  }
  EXPECT_THAT(ReadingsOf("584193394409", CardFormat::kMfrc522).beginnings, ElementsAre("04A3C6"));
}

TEST(CardSpellingTest, FormatsHaveNames) {
  for (const char* name : {"auto", "hex", "hex-reversed", "dec", "dec-reversed", "mfrc522"}) {
    const auto format = CardFormatFrom(name);
    ASSERT_TRUE(format) << name;
    EXPECT_EQ(ToString(*format), name);
  }
  EXPECT_FALSE(CardFormatFrom("decimal"));
  EXPECT_FALSE(CardFormatFrom(""));
}

TEST(CardSpellingTest, APersonIsNamedByTheUidOrByTheSpelling) {
  const std::pair<const char*, const char*> kKeys[] = {
      {"04a2b3c4", "04A2B3C4"},
      {"100582761834", "176B3325"},
      {"584193394409", "8804A3C6"},  // as earlier versions named them
      {"2710951593", "2710951593"},
      {"0563537489", "0563537489"},
      {" LRN-102938 ", "LRN-102938"},
      {"\xC3\xB1"
       "17",
       "\xC3\xB1"
       "17"},
      {"a b", "a b"},
      {"12345678901234567890123456789012", "12345678901234567890123456789012"}};
  for (const auto& [spelled, key] : kKeys) EXPECT_EQ(PersonKeyOf(spelled), key) << spelled;
}

TEST(CardSpellingTest, WhatIsUnfitForAKeyIsReplacedAndTheKeyIsStillItsOwn) {
  std::set<std::string> keys;
  const std::string long_one(100, 'x');
  const std::string kUnfit[] = {"a/b",
                                "a_b/",
                                "a\nb",
                                "a\tb",
                                "a\x7F",
                                "\xFF",
                                "\xFE",
                                long_one,
                                long_one + "y",
                                "../../etc",
                                "\xE2\x80\xA8"
                                "1",
                                "\xC2\x85"
                                "1",
                                "123456789012345678901234567890123"};
  for (const std::string& spelled : kUnfit) {
    const std::string key = PersonKeyOf(spelled);
    EXPECT_TRUE(IsPersonKey(key)) << key;
    EXPECT_TRUE(IsUtf8(key));
    EXPECT_TRUE(keys.insert(key).second) << key;
  }
}

TEST(CardSpellingTest, KeysFollowFromEachOther) {
  EXPECT_EQ(NextPersonKey("176B3325"), "176B3325~2");
  EXPECT_EQ(NextPersonKey("176B3325~2"), "176B3325~3");
  EXPECT_EQ(NextPersonKey("176B3325~9"), "176B3325~10");
  EXPECT_EQ(NextPersonKey("a name~12345678"), "a name~12345678~2") << "that is a hash";
  EXPECT_EQ(NextPersonKey("a~1"), "a~1~2");
  std::set<std::string> keys;
  std::string key = PersonKeyOf(std::string(100, 'x'));
  for (int n = 0; n < 20; ++n) {
    EXPECT_TRUE(IsPersonKey(key)) << key;
    EXPECT_TRUE(keys.insert(key).second) << key;
    EXPECT_TRUE(ReadingsOf(NextPersonKey(key)).none()) << "it is nobody's card";
    key = NextPersonKey(key);
  }
}

TEST(CardSpellingTest, AKeyIsShortPrintableAndHasNoSlash) {
  for (const char* key : {"04A2B3C4", "x", "LRN 102938", "\xC3\xB1"}) EXPECT_TRUE(IsPersonKey(key));
  for (const char* key :
       {"", "a/b", "a\n", "\xFF", "a\x7F", "\xC2\x80", "123456789012345678901234567890123"}) {
    EXPECT_FALSE(IsPersonKey(key)) << key;
  }
}

}  // namespace
}  // namespace tamtap
