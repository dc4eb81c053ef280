// Files that are cut, empty, or hold what no JSON has, as they are found.
#include "journal/legacy_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/legacy_import.h"

namespace tamtap::journal {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kWhole =
    "{\"students\": {\n \"1\": {\"name\": \"A\"},\n \"2\": {\"name\": \"B\"}},\n"
    "\"attendance\": [\n {\"nfc_id\": \"1\", \"date\": \"2025-06-02 07:00:00\"},\n"
    " {\"nfc_id\": \"2\", \"date\": \"2025-06-02 07:01:00\"}]}";

std::string WhyNot(std::string text) {
  const auto read = ReadLegacyFile(text, *TimeZone::Load("Asia/Manila"));
  return read ? "" : read.error().Message();
}

TEST(LegacyTextTest, ACutFileSaysWhereItEndsAndWhatToDo) {
  const std::string whole = kWhole;
  EXPECT_THAT(WhyNot(whole.substr(0, whole.find("07:01"))),
              AllOf(HasSubstr("ends in the middle of attendance[1]"), HasSubstr("line 6, byte"),
                    HasSubstr("restore the last whole copy")));
  EXPECT_THAT(WhyNot(whole.substr(0, whole.find("\"B\""))),
              HasSubstr("ends in the middle of students[\"2\"]"));
  for (size_t length = 1; length < whole.size(); ++length) {
    EXPECT_THAT(WhyNot(whole.substr(0, length)), HasSubstr("ends in the middle of")) << length;
  }
  EXPECT_EQ(WhyNot(whole), "");
}

TEST(LegacyTextTest, AnEmptyFileAndOneOfZerosAreCalledSo) {
  EXPECT_THAT(WhyNot(""), HasSubstr("it is empty"));
  EXPECT_THAT(WhyNot(" \n"), HasSubstr("it is empty"));
  EXPECT_THAT(WhyNot(std::string(4096, '\0')), HasSubstr("zero bytes"));
  const std::string whole = kWhole;
  EXPECT_THAT(WhyNot(whole.substr(0, whole.find("07:01")) + std::string(4096, '\0')),
              AllOf(HasSubstr("in attendance[1]"), HasSubstr("line 6, byte")));
}

TEST(LegacyTextTest, WhatIsNoJsonIsToldWithItsPlace) {
  EXPECT_THAT(WhyNot("{\"students\": {},\n\"attendance\": [{\"a\": 1 \"b\": 2}]}"),
              AllOf(HasSubstr("line 2, byte 24"), HasSubstr("in attendance[0] it is no JSON"),
                    HasSubstr("tamtap_users.json")));
  EXPECT_THAT(WhyNot("[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(WhyNot("{} {}"), HasSubstr("line 1, byte 4"));
  EXPECT_THAT(WhyNot("{\"foo\": 1}"), HasSubstr("nothing of an existing school in it"));
}

TEST(LegacyTextTest, HalfACharacterOrNaNCostsItsEntryAlone) {
  for (const char* const value : {"\"Ni\\udcf1o\"", "\"\\uD83D\"", "\"\\ud83d\\u0041\"", "NaN",
                                  "-Infinity", "[\"\\udc00\"]"}) {
    std::string text = kWhole;
    text.replace(text.find("\"B\""), 3, value);
    const auto read = ReadLegacyFile(text, *TimeZone::Load("Asia/Manila"));
    ASSERT_TRUE(read) << value << read.error().Message();
    EXPECT_THAT(read->school.people, SizeIs(1)) << value;
    EXPECT_THAT(read->taps, SizeIs(2)) << value;
    EXPECT_THAT(read->errors,
                ElementsAre(AllOf(HasSubstr("students[\"2\"]"), HasSubstr("line 3, byte"))))
        << value;
  }
}

TEST(LegacyTextTest, WholeCharactersAndWordsThatLookLikeItStay) {
  std::string text = kWhole;
  text.replace(text.find("\"B\""), 3, R"("\ud83d\ude00 NaN \\udcf1 \"-Infinity")");
  const auto read = ParseLegacyText(text);
  ASSERT_TRUE(read) << read.error().Message();
  EXPECT_TRUE(read->damaged.empty());
  EXPECT_EQ(read->value.at("students").at("2").at("name").as_string(),
            "\xF0\x9F\x98\x80 NaN \\udcf1 \"-Infinity");
}

}  // namespace
}  // namespace tamtap::journal
