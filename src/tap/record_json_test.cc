#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tap/card_spelling.h"
#include "tap/example_record.h"
#include "tap/record.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

TEST(RecordJsonTest, TextAndObjectAreTheSameAndComeBack) {
  Record record = ExampleRecord(42);
  record.name = "Ana \"Ñ\" \\ \n\t</script>";
  record.photo = "TT-001_Ana_Reyes_070000_AM.jpg";
  record.status = Status::kLate;
  record.clock = ClockState::kUnsure;
  std::string text;
  AppendJson(record, text);
  EXPECT_EQ(json::parse(text), json::value(ToJson(record)));
  EXPECT_EQ(*RecordFromJson(json::parse(text)), record);
}

TEST(RecordJsonTest, NoPhotoIsNull) {
  EXPECT_TRUE(ToJson(ExampleRecord(1)).at("photo").is_null());
  EXPECT_EQ(ToJson(ExampleRecord(1)).at("terminal"), "gate-1");
}

TEST(RecordJsonTest, InvalidUtf8BecomesReplacementCharactersAndStaysParsable) {
  for (const std::string_view bytes :
       {"\xff", "\xc0\x80", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80z"}) {
    std::string text;
    AppendJsonString(bytes, text);
    EXPECT_THAT(text, HasSubstr("\xEF\xBF\xBD"));
    EXPECT_TRUE(json::parse(text).is_string());
  }
  std::string good;
  AppendJsonString("Ñandú 🐃 \x7f", good);
  EXPECT_EQ(json::value_to<std::string>(json::parse(good)), "Ñandú 🐃 \x7f");
}

TEST(RecordJsonTest, WhatIsMissingOrWrongIsNamed) {
  const auto refused = [](const char* key, json::value value) {
    json::object object = ToJson(ExampleRecord(1));
    object[key] = std::move(value);
    const auto record = RecordFromJson(object);
    ASSERT_FALSE(record) << key;
    EXPECT_EQ(record.error().code, ErrorCode::kRejected);
    EXPECT_THAT(record.error().Message(), HasSubstr(key));
  };
  refused("tap", "x");
  refused("tap", nullptr);
  refused("nfc_id", 12);
  refused("nfc_id", "");
  refused("card", "2710951593");
  refused("card", 12);
  refused("person", "a/b");
  refused("person", "a\nb");
  refused("person", "\xFF");
  refused("day", "2026-02-30");
  refused("status", "early");
  refused("tapped_at_us", "soon");
  refused("name", json::string(513, 'x'));
  refused("session", true);
  EXPECT_FALSE(RecordFromJson(json::value(3)));
}

TEST(RecordJsonTest, TheSpellingOfTheSchoolAndTheUidStandBesideEachOther) {
  struct Case {
    const char* nfc_id;
    const char* card;  // null: an earlier version wrote the record
    const char* read;
  };
  const Case kCases[] = {{"176B3325", "176B3325", "176B3325"},
                         {"100582761834", "176B3325", "176B3325"},
                         {"2710951593", "A9D695A1", "A9D695A1"},
                         {"2710951593", "", ""},
                         {"584193394409", "04A3C6CAE26180", "04A3C6CAE26180"},
                         {"LRN-102938", "", ""},
                         {"176B3325", nullptr, "176B3325"},
                         {"100582761834", nullptr, "176B3325"},
                         {"2710951593", nullptr, ""},
                         {"LRN-102938", nullptr, ""}};
  for (const Case& each : kCases) {
    json::object object = ToJson(ExampleRecord(1));
    object["nfc_id"] = each.nfc_id;
    object.erase("card");
    if (each.card != nullptr) object["card"] = each.card;
    object.erase("person");
    const auto record = RecordFromJson(object);
    ASSERT_TRUE(record) << each.nfc_id << record.error().Message();
    EXPECT_EQ(record->NfcId(), each.nfc_id);
    EXPECT_EQ(record->card.text(), each.read);
    EXPECT_EQ(record->person, PersonKeyOf(each.nfc_id));
    EXPECT_EQ(*RecordFromJson(ToJson(*record)), *record);
  }
}

// People come from lists of others, with fields of any length; a tap of theirs must be readable.
TEST(RecordJsonTest, WhatIsMadeOfAPersonCanAlwaysBeReadBack) {
  std::string longest = "a";
  while (longest.size() < 2'000) longest += "\u00F1";
  Person person;
  person.card = *CardId::Parse("176B3325");
  person.person = "176B3325";
  for (std::string* field : {&person.tamtap_id, &person.name, &person.first_name, &person.last_name,
                             &person.email, &person.grade, &person.section}) {
    *field = longest;
  }
  Record record = ExampleRecord(7);
  const Record facts = Record::Of(person);
  record.tamtap_id = facts.tamtap_id;
  record.name = facts.name;
  record.first_name = facts.first_name;
  record.last_name = facts.last_name;
  record.email = facts.email;
  record.grade = facts.grade;
  record.section = facts.section;
  std::string text;
  AppendJson(record, text);
  const auto read = RecordFromJson(json::parse(text));
  ASSERT_TRUE(read) << read.error().Message();
  EXPECT_EQ(*read, record);
  EXPECT_EQ(record.name, longest.substr(0, 511)) << "whole characters alone";
}

TEST(RecordJsonTest, AnAttendanceKeepsItsTaps) {
  const Record record = ExampleRecord(7);
  const Attendance attendance{
      record, {{record.tap.ToString(), "gate-1", record.tapped_at, record.tapped_at_us}}};
  const json::object object = ToJson(attendance);
  EXPECT_EQ(object.at("_id"), "2026-11-23/176B3325");
  EXPECT_EQ(*AttendanceFromJson(object), attendance);
}

TEST(RecordJsonTest, ATimeOfDayAloneIsNoDeparture) {
  const Record record = ExampleRecord(7);
  json::object object = ToJson(Attendance{record, {}, "2026-11-23T16:30:00.000+08:00", "16:30:00"});
  EXPECT_EQ(AttendanceFromJson(object)->departure, "16:30:00");
  object.erase("departed_at");
  EXPECT_EQ(AttendanceFromJson(object)->departure, "");
}

TEST(RecordTest, EarlierInstantArrivesFirstAndTiesGoByTapId) {
  const Record first = ExampleRecord(10, "176B3325", 1000);
  const Record second = ExampleRecord(9, "176B3325", 1001);
  const Record tie = ExampleRecord(11, "176B3325", 1000);
  EXPECT_TRUE(ArrivedBefore(first, second));
  EXPECT_FALSE(ArrivedBefore(second, first));
  EXPECT_TRUE(ArrivedBefore(first, tie));
  EXPECT_FALSE(ArrivedBefore(tie, first));
  EXPECT_FALSE(ArrivedBefore(first, first));
}

}  // namespace
}  // namespace tamtap
