#include "school/change.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <ctime>

namespace tamtap {
namespace {

namespace json = boost::json;

School Example() {
  School school;
  Person ana;
  ana.card = *CardId::Parse("04A2B3C4D5E680");
  ana.person = "176B3325";
  ana.tamtap_id = "001";
  ana.first_name = "Ana";
  ana.last_name = "Peña";
  ana.name = "Ana Peña";
  ana.role = Role::kTeacher;
  ana.replaced_cards = {*CardId::Parse("176B3325")};
  school.people = {ana};
  Schedule narra;
  narra.section = "Narra";
  narra.grade = "7";
  narra.week[0] = ClassHours{420, 1020};
  narra.grace_period_minutes = 0;
  school.schedules = {narra};
  school.calendar = {{CalendarKind::kSuspension, "2026-11-30", "2026-12-01", "", "Typhoon"}};
  school.settings = {{"departures", "true"}};
  return school;
}

TEST(SchoolChangeTest, WhatHasToBeSaidOfASchoolMakesThatSchool) {
  SeededRandom random(1);
  const School school = Example();
  const auto changes = ChangesBetween({}, school, {7, "office"}, random);
  EXPECT_EQ(changes.size(), 4u);
  School made;
  Overlay(changes, made);
  EXPECT_EQ(made, school);
  Overlay(ChangesBetween(school, {}, {8, "office"}, random), made);
  EXPECT_EQ(made, School());
}

TEST(SchoolChangeTest, OnlyTheFieldsThatDifferAreSaid) {
  SeededRandom random(1);
  const School before = Example();
  School after = before;
  after.people[0].section = "Molave";
  after.schedules[0].week[0].reset();
  const auto changes = ChangesBetween(before, after, {7, "office"}, random);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].fields, (FactFields{{"section", "\"Molave\""}}));
  EXPECT_EQ(changes[1].fields, (FactFields{{"monday", "null"}}));
}

TEST(SchoolChangeTest, AChangeComesBackFromItsJson) {
  SeededRandom random(1);
  for (const SchoolChange& change : ChangesBetween({}, Example(), {7, "office"}, random)) {
    const auto read = SchoolChangeFromJson(ToJson(change));
    ASSERT_TRUE(read) << read.error().Message();
    EXPECT_EQ(*read, change);
  }
}

TEST(SchoolChangeTest, WhatIsNoChangeIsRefused) {
  const std::string long_text(5'000, 'x');
  for (const std::string& text : std::vector<std::string>{
           "7", "{}", R"({"id":"a","kind":"party","key":"x","fields":{"a":1},"at_us":1})",
           R"({"id":"","kind":"person","key":"x","fields":{"a":1},"at_us":1})",
           R"({"id":"a","kind":"person","key":"","fields":{"a":1},"at_us":1})",
           R"({"id":"a","kind":"person","key":"x","fields":{},"at_us":1})",
           R"({"id":"a","kind":"person","key":"x","fields":[1],"at_us":1})",
           R"({"id":"a","kind":"person","key":"x","fields":{"a":1},"at_us":-1})",
           R"({"id":"a","kind":"person","key":"x","fields":{"a":1}})",
           R"({"id":"a","kind":"person","key":"x","at_us":1,"fields":{"a":")" + long_text + "\"}}",
           R"({"id":"a","kind":"person","at_us":1,"fields":{"a":1},"key":")" + long_text + "\"}"}) {
    EXPECT_FALSE(SchoolChangeFromJson(json::parse(text))) << text.substr(0, 80);
  }
}

TEST(SchoolChangeTest, AnIdOfTheContentFollowsFromItAlone) {
  SeededRandom one(1);
  SeededRandom other(2);
  const auto first = ChangesBetween({}, Example(), {7, "office"}, one);
  const auto second = ChangesBetween({}, Example(), {7, "office"}, other);
  EXPECT_NE(first[0].id, second[0].id);
  EXPECT_EQ(ContentId(first[0]), ContentId(second[0]));
  EXPECT_NE(ContentId(first[0]), ContentId(first[1]));
}

TEST(SchoolChangeTest, ManyWordsAreLaidOverAManyTimesLargerSchoolInAMoment) {
  School school;
  for (int i = 0; i < 20'000; ++i) {
    Person person;
    person.card = *CardId::Parse(fmt::format("{:08X}", 0xA0000000u + static_cast<uint32_t>(i)));
    person.person = person.card.text();
    person.name = person.first_name = "Ana";
    school.people.push_back(std::move(person));
  }
  School after = school;
  for (size_t i = 0; i < after.people.size(); ++i) after.people[i].section = "Molave";
  SeededRandom random(1);
  const auto changes = ChangesBetween(school, after, {5, "here"}, random);
  ASSERT_EQ(changes.size(), 20'000u);
  // The processor's time: whatever else runs here.
  const std::clock_t begin = std::clock();
  Overlay(changes, school);
  EXPECT_LT(std::clock() - begin, 10 * CLOCKS_PER_SEC);
  EXPECT_EQ(school, after);
}

}  // namespace
}  // namespace tamtap
