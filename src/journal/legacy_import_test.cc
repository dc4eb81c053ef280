#include "journal/legacy_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tap/example_record.h"
#include "tap/mark.h"
#include "tap/person_cards.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const TimeZone& Manila() {
  static const TimeZone zone = *TimeZone::Load("Asia/Manila");
  return zone;
}

LegacyImport Read(std::string_view text) {
  auto import = ReadLegacyFile(text, Manila());
  EXPECT_TRUE(import) << import.error().Message();
  return import ? *std::move(import) : LegacyImport{};
}

TEST(LegacyReaderTest, PeopleKeepTheirNumberAndTheirDateOfRegistration) {
  const LegacyImport import = Read(
      R"({"students": {"100582761834": {"tamtap_id": "031", "first_name": "Ana", "last_name": "Reyes",
           "name": "Ana Reyes", "grade": 7, "section": "Narra", "registered": "2025-06-02 08:00:00"}},
          "teachers": {"2710951593": {"tamtap_id": 32, "first_name": "Tess", "last_name": "Cruz"}}})");
  EXPECT_THAT(import.errors, IsEmpty());
  ASSERT_THAT(import.school.people, SizeIs(2));
  const Person& ana = import.school.people[0];
  EXPECT_EQ(ana.tamtap_id, "031");
  EXPECT_EQ(ana.registered, "2025-06-02 08:00:00");
  EXPECT_EQ(ana.grade, "7");
  EXPECT_EQ(ana.role, Role::kStudent);
  const Person& tess = import.school.people[1];
  EXPECT_EQ(tess.tamtap_id, "32");
  EXPECT_EQ(tess.NfcId(), "2710951593");
  EXPECT_EQ(tess.role, Role::kTeacher);
}

TEST(LegacyReaderTest, OneInstantOfRegistrationIsOneHoweverItIsSpelt) {
  const LegacyImport import = Read(
      R"({"students": {"176B3325": {"name": "Ana", "registered": "2025-06-09T00:08:00Z"},
                       "A0000001": {"name": "Ben", "registered": "2025-06-09 08:08:00"}}})");
  ASSERT_THAT(import.school.people, SizeIs(2));
  for (const Person& person : import.school.people) {
    EXPECT_EQ(person.registered, "2025-06-09 08:08:00") << person.name;
  }
}

TEST(LegacyReaderTest, ADayWithoutATimeIsAMarkAndKeepsWhatStaffSaid) {
  const LegacyImport import = Read(
      R"({"students": {"176B3325": {"first_name": "Ana", "last_name": "Reyes", "section": "Narra"}},
          "attendance": [
            {"nfc_id": "176B3325", "date": "2025-06-03", "time": null, "status": "excused",
             "excuse_reason": "Medical", "excuse_note": "fever", "marked_by": "cruz",
             "marked_by_name": "T. Cruz", "marked_at": "2025-06-03T01:02:03.000Z"},
            {"nfc_id": "176B3325", "date": "2025-06-04", "time": null, "status": "absent",
             "marked_by": "cruz", "marked_at": "2025-06-04 17:00:00"}]})");
  EXPECT_THAT(import.errors, IsEmpty());
  EXPECT_THAT(import.taps, IsEmpty());
  ASSERT_THAT(import.marks, SizeIs(2));
  const Record& excused = import.marks[0];
  EXPECT_TRUE(IsMark(excused));
  EXPECT_EQ(excused.status, Status::kExcused);
  EXPECT_EQ(excused.day, "2025-06-03");
  EXPECT_EQ(excused.name, "Ana Reyes");
  EXPECT_EQ(excused.section, "Narra");
  EXPECT_EQ(excused.tapped_at, "2025-06-03T09:02:03.000+08:00");
  EXPECT_EQ(excused.staff,
            (StaffWords{"Medical", "fever", "cruz", "T. Cruz", "2025-06-03T01:02:03.000Z"}));
  EXPECT_EQ(import.marks[1].tapped_at, "2025-06-04T17:00:00.000+08:00");
  // It gives way to any tap of that day.
  Record tap = excused;
  tap.tapped_at_us = 1;
  EXPECT_TRUE(ArrivedBefore(tap, excused));
}

TEST(LegacyReaderTest, ATapThatStaffExcusedAfterwardsStaysATapWithTheirWords) {
  const LegacyImport import = Read(
      R"({"attendance": [{"nfc_id": "176B3325", "date": "2025-06-03 07:45:00", "time": "07:45:00",
           "status": "excused", "excuse_reason": "Weather", "marked_by": "cruz"},
          {"nfc_id": "176B3325", "date": "2025-06-04 09:45:00", "status": "absent"}]})");
  EXPECT_THAT(import.marks, IsEmpty());
  ASSERT_THAT(import.taps, SizeIs(2));
  EXPECT_EQ(import.taps[0].record.status, Status::kExcused);
  EXPECT_EQ(import.taps[0].record.time, "07:45:00");
  EXPECT_EQ(import.taps[0].record.staff.excuse_reason, "Weather");
  EXPECT_EQ(import.taps[1].record.status, Status::kAbsent) << "who came after the limit";
}

TEST(LegacyReaderTest, OldWordsKeysAndPathsAreRead) {
  const LegacyImport import = Read(
      R"({"attendance": [
            {"uid": "100582761834", "date": "2025-06-03", "time": "7:05 AM", "status": "present",
             "photo_path": "/home/pi/photos/2025-06-03/001_Ana_Reyes_070500_AM.jpg"},
            {"nfc_id": "176B3325", "date": "2025-06-04", "time": "7:05:09", "status": "late",
             "photo": "001_Ana_Reyes_070509_AM.jpg"},
            {"nfc_id": "176B3325", "date": "2025-06-04T23:01:02.000Z", "status": "on_time"},
            {"nfc_id": "176B3325", "date": "2025-06-06 07:00:00", "session": "PM"}]})");
  EXPECT_THAT(import.errors, IsEmpty());
  ASSERT_THAT(import.taps, SizeIs(4));
  EXPECT_EQ(import.taps[0].record.date, "2025-06-03 07:05:00");
  EXPECT_EQ(import.taps[0].record.status, Status::kOnTime);
  EXPECT_EQ(import.taps[0].record.photo, "001_Ana_Reyes_070500_AM.jpg");
  EXPECT_EQ(import.taps[0].record.NfcId(), "100582761834");
  EXPECT_EQ(import.taps[1].record.date, "2025-06-04 07:05:09");
  EXPECT_EQ(import.taps[1].record.photo, "001_Ana_Reyes_070509_AM.jpg");
  EXPECT_EQ(import.taps[2].record.date, "2025-06-05 07:01:02") << "in the school's time";
  EXPECT_EQ(import.taps[3].record.session, Session::kPm) << "as the file says";
}

TEST(LegacyReaderTest, WhatCantBeReadIsNamedAndAllElseIsRead) {
  const LegacyImport import = Read(
      R"({"students": {"176B3325": "Ana", "176B3326": {"first_name": "Ben"}},
          "attendance": [7, {"date": "2025-06-03 07:00:00"}, {"nfc_id": "176B3326", "date": "soon"},
            {"nfc_id": "176B3326", "date": "2025-06-03", "time": "late", "status": "late"},
            {"nfc_id": "176B3326", "date": "2025-06-03 07:00:00"}]})");
  EXPECT_THAT(import.errors,
              ElementsAre(HasSubstr("students[\"176B3325\"]"), HasSubstr("attendance[0]"),
                          HasSubstr("attendance[1]"), HasSubstr("'soon'"), HasSubstr("'late'")));
  EXPECT_THAT(import.school.people, SizeIs(1));
  EXPECT_THAT(import.taps, SizeIs(1));
}

TEST(LegacyReaderTest, SchedulesCalendarAndSettingsAreReadAsOldDatabasesHoldThem) {
  const LegacyImport import = Read(
      R"({"schedules": [
            {"section": "Narra", "adviser_id": "64b000000000000000000001", "adviser_name": "M. Santos",
             "weekly_schedule": {"monday": {"start": "7:00 AM", "end": "4:00 PM"},
               "tuesday": {"start": "0730", "end": null}, "wednesday": {"start": 0.291666667, "end": 0.625},
               "saturday": {"start": null, "end": null}}},
            {"section": "Molave", "time_in": "06:30"}, {"section": "Yakal", "time_in": "dawn"}],
          "calendar": [{"type": "suspension", "date": "2025-07-01", "section": null, "reason": "Typhoon"}],
          "settings": [{"key": "saturdayClassesEnabled", "value": true}]})");
  EXPECT_THAT(import.errors, ElementsAre(HasSubstr("schedules[2]")));
  ASSERT_THAT(import.school.schedules, SizeIs(2));
  const Schedule& narra = import.school.schedules[0];
  EXPECT_EQ(narra.adviser_id, "M. Santos");
  EXPECT_EQ(narra.week[0], (ClassHours{7 * 60, 16 * 60}));
  EXPECT_EQ(narra.week[1], (ClassHours{7 * 60 + 30, 17 * 60 + 30}));
  EXPECT_EQ(narra.week[2], (ClassHours{7 * 60, 15 * 60}));
  EXPECT_EQ(narra.week[5], std::nullopt);
  EXPECT_EQ(import.school.schedules[1].week[4], (ClassHours{6 * 60 + 30, 16 * 60 + 30}));
  EXPECT_THAT(import.school.calendar, SizeIs(1));
  EXPECT_EQ(import.school.settings.at("saturdayClassesEnabled"), "true");
}

// A database on which our gates wrote beside an existing server.
TEST(LegacyReaderTest, WhatOurGatesWroteThereComesAsItIs) {
  const Record tap = ExampleRecord(7);
  Person ben;
  ben.person = "A0000001";
  ben.card = *CardId::Parse("A0000001");
  ben.name = "Ben";
  const Record mark = MakeMark(ben, tap.day, Status::kAbsent, "head",
                               WallTime(std::chrono::microseconds(kExampleMorningUs)), Manila());
  const auto document = [](const Record& record) {
    boost::json::object entry = ToJson(record);
    entry["taps"] = boost::json::array{boost::json::object{{"record", ToJson(record)}}};
    return entry;
  };
  LegacyReader reader(Manila());
  reader.AddAttendance(document(tap), true, "attendance 1");
  reader.AddAttendance(document(mark), true, "attendance 2");
  boost::json::object over = document(mark);
  over["date"] = mark.day;
  over["time"] = nullptr;
  over["status"] = "excused";
  over["excuse_reason"] = "Medical";
  over["marked_by"] = "cruz";
  over["marked_at"] = "2026-11-23T09:00:00Z";
  reader.AddAttendance(over, true, "attendance 2");
  const LegacyImport import = reader.Take();
  EXPECT_THAT(import.errors, IsEmpty());
  ASSERT_THAT(import.taps, SizeIs(1));
  EXPECT_EQ(import.taps[0].record, tap);
  ASSERT_THAT(import.marks, SizeIs(2));
  EXPECT_EQ(import.marks[0], mark);
  EXPECT_EQ(import.marks[1].status, Status::kExcused);
  EXPECT_EQ(import.marks[1].staff.excuse_reason, "Medical");
  EXPECT_TRUE(ArrivedBefore(import.marks[1], mark)) << "the newest mark holds";
}

TEST(LegacyReaderTest, WhoHasAnotherKeyHereKeepsTheirPastUnderIt) {
  LegacyImport import = Read(
      R"({"students": {"176B3325": {"first_name": "Ana"}},
          "attendance": [{"nfc_id": "100582761834", "date": "2025-06-03 07:00:00"},
            {"nfc_id": "176B3325", "date": "2025-06-04", "status": "absent", "marked_by": "cruz"},
            {"nfc_id": "A0000001", "date": "2025-06-04", "status": "absent", "marked_by": "cruz"}]})");
  const std::string tap = import.taps.at(0).record.tap.ToString();
  const Record before = import.marks.at(0);
  AdoptPeople({{SpellingKey(import.school.people.at(0)), "B0000009"}}, Manila(), import);
  EXPECT_EQ(import.taps[0].record.person, "B0000009");
  EXPECT_EQ(import.taps[0].record.tap.ToString(), tap) << "the id follows from card and moment";
  EXPECT_EQ(import.marks[0].person, "B0000009");
  EXPECT_NE(import.marks[0].tap, before.tap) << "a mark is of a person";
  EXPECT_EQ(import.marks[0].staff, before.staff);
  EXPECT_EQ(import.marks[0].tapped_at_us, before.tapped_at_us);
  EXPECT_EQ(import.marks[1].person, "A0000001");
}

}  // namespace
}  // namespace tamtap::journal
