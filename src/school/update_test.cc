#include "school/update.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/random.h"

namespace tamtap {
namespace {

Person Numbered(uint64_t number) {
  Person person;
  person.card = *CardId::Parse("0000000" + std::to_string(number));
  person.person = person.card.text();
  person.name = "Ana";
  return person;
}

School RandomSchool(Random& random) {
  School school;
  for (uint64_t number = 1; number < 8; ++number) {
    if (random.Below(2) == 0) continue;
    school.people.push_back(Numbered(number));
    school.people.back().section = random.Below(2) == 0 ? "Narra" : "Molave";
  }
  for (const char* const section : {"Narra", "Molave"}) {
    if (random.Below(2) == 0) continue;
    Schedule schedule;
    schedule.section = section;
    schedule.week[random.Below(7)] = ClassHours{420, 1020};
    school.schedules.push_back(schedule);
  }
  if (random.Below(2) == 0) {
    school.calendar.push_back(
        {CalendarKind::kNoClass, "2026-12-01", "2026-12-01", "Narra", "Fair"});
  }
  if (random.Below(2) == 0) school.settings["departures"] = random.Below(2) == 0 ? "true" : "false";
  Sort(school);
  return school;
}

TEST(SchoolUpdateTest, ADifferenceBringsAnySchoolToAnyOther) {
  SeededRandom random(1);
  for (int i = 0; i < 2'000; ++i) {
    const School before = RandomSchool(random);
    const School after = RandomSchool(random);
    const SchoolUpdate update = Difference(before, after, "v2");
    const auto read = SchoolUpdateFromJson(ToJson(update), "a test");
    ASSERT_TRUE(read) << read.error().Message();
    School copy = before;
    Apply(*read, copy);
    ASSERT_EQ(copy, after);
  }
}

TEST(SchoolUpdateTest, TheDifferenceOfOnePersonIsSmallInALargeSchool) {
  School before;
  for (int i = 0; i < 50'000; ++i) {
    Person person = Numbered(1);
    person.person = std::to_string(i);
    before.people.push_back(std::move(person));
  }
  School after = before;
  after.people[25'000].section = "Molave";
  const std::string told = boost::json::serialize(ToJson(Difference(before, after, "v2")));
  EXPECT_LT(told.size(), 1'000u);
}

// A newer server may say something of one person that this gate can't read.
TEST(SchoolUpdateTest, OnePersonWhoCanNotBeReadKeepsNoDifferenceAndNoSliceAway) {
  namespace json = boost::json;
  for (const char* const text :
       {R"({"version":"v","whole":false,"students":[{"nfc_id":{}}],"gone":[]})",
        R"({"version":"v","whole":true,"from":1000,"students":[{"nfc_id":{}}]})"}) {
    const auto update = SchoolUpdateFromJson(json::parse(text), "a test");
    ASSERT_TRUE(update) << text;
    EXPECT_TRUE(update->school.people.empty());
  }
}

TEST(SchoolUpdateTest, HalfASchoolIsNoSchool) {
  namespace json = boost::json;
  for (const char* const text :
       {"[]", "{}", R"({"students":[]})", R"({"version":"v"})", R"({"version":"v","students":{}})",
        R"({"version":"v","students":[{"nfc_id":{}}]})",
        R"({"version":"v","students":[],"gone":{}})",
        R"({"version":"v","students":[],"gone":[{"kind":"party","key":"x"}]})"}) {
    EXPECT_FALSE(SchoolUpdateFromJson(json::parse(text), "a test")) << text;
  }
}

}  // namespace
}  // namespace tamtap
