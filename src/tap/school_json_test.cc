#include "tap/school_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tamtap {
namespace {

namespace json = boost::json;

Result<Schedule> Read(std::string_view week) {
  return ScheduleFromJson(
      json::parse(R"({"section":"Narra","weekly_schedule":)" + std::string(week) + "}"));
}

TEST(SchoolJsonTest, HoursMayEndAtMidnightAndOnTheNextDay) {
  const auto schedule = Read(R"({"monday":{"start":"22:00","end":"06:00"},
                                 "tuesday":{"start":"13:00","end":"24:00"},
                                 "wednesday":{"start":"18:00","end":"00:00"},
                                 "thursday":{"start":"07:00","end":"16:00"}})");
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->week[0], (ClassHours{22 * 60, 30 * 60}));
  EXPECT_EQ(schedule->week[1], (ClassHours{13 * 60, 24 * 60}));
  EXPECT_EQ(schedule->week[2], (ClassHours{18 * 60, 24 * 60}));
  EXPECT_EQ(schedule->week[3], (ClassHours{7 * 60, 16 * 60}));
  EXPECT_EQ(ToJson(*schedule).at("weekly_schedule"),
            json::parse(R"({"monday":{"start":"22:00","end":"06:00"},
                            "tuesday":{"start":"13:00","end":"24:00"},
                            "wednesday":{"start":"18:00","end":"24:00"},
                            "thursday":{"start":"07:00","end":"16:00"}})"));
  const auto again = ScheduleFromJson(ToJson(*schedule));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *schedule);
}

TEST(SchoolJsonTest, HoursOfExistingDatabasesAreRead) {
  const auto schedule = Read(R"({"monday":{"start":"07:00","end":null},
                                 "saturday":{"start":null,"end":null},"sunday":null})");
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->week[0], (ClassHours{7 * 60, 17 * 60}));
  EXPECT_FALSE(schedule->week[5]);
  EXPECT_FALSE(schedule->week[6]);
}

TEST(SchoolJsonTest, HoursThatAreNoneAreRefused) {
  for (const char* hours : {R"({"start":"07:00","end":"07:00"})",
                            R"({"start":"24:00","end":"06:00"})", R"({"start":"7","end":"16:00"})",
                            R"({"start":"07:00","end":"16"})", R"({"start":null,"end":"16:00"})"}) {
    EXPECT_FALSE(Read(R"({"monday":)" + std::string(hours) + "}")) << hours;
  }
}

Result<Schedule> Whole(std::string_view text) { return ScheduleFromJson(json::parse(text)); }

TEST(SchoolJsonTest, AnOldDocumentWithOneTimeMeansEveryWeekday) {
  const auto schedule = Whole(R"({"section": "Narra", "time_in": "06:30"})");
  ASSERT_TRUE(schedule) << schedule.error().Message();
  for (size_t day = 0; day < 5; ++day) {
    EXPECT_EQ(schedule->week[day], (ClassHours{6 * 60 + 30, 16 * 60 + 30})) << day;
  }
  EXPECT_FALSE(schedule->week[5]);
  EXPECT_FALSE(schedule->week[6]);
  EXPECT_FALSE(Whole(R"({"section": "Narra", "time_in": "soon"})"));
  EXPECT_TRUE(Whole(R"({"section": "Narra", "time_in": null})"));
}

TEST(SchoolJsonTest, AGraceOfZeroIsZeroAndAMissingOneIsTwenty) {
  EXPECT_EQ(Whole(R"({"section": "Narra", "grace_period_minutes": 0})")->grace_period_minutes, 0);
  EXPECT_EQ(Whole(R"({"section": "Narra"})")->grace_period_minutes, 20);
  EXPECT_EQ(Whole(R"({"section": "Narra", "grace_period_minutes": null})")->grace_period_minutes,
            20);
}

TEST(SchoolJsonTest, SettingsAreTextsWhateverADatabaseHolds) {
  const auto school = SchoolFromJson(json::parse(R"({"settings": [
      {"key": "saturdayClassesEnabled", "value": true}, {"key": "year", "value": 2026},
      {"key": "name", "value": "Narra High"}]})"),
                                     "a test");
  ASSERT_TRUE(school) << school.error().Message();
  EXPECT_EQ(school->settings.at("saturdayClassesEnabled"), "true");
  EXPECT_EQ(school->settings.at("year"), "2026");
  EXPECT_EQ(school->settings.at("name"), "Narra High");
}

}  // namespace
}  // namespace tamtap
