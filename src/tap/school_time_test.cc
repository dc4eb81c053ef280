#include "tap/school_time.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

WallTime At(int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

TEST(TimeZoneTest, ManilaIsAlreadyTomorrowWhileUtcIsNot) {
  const auto zone = TimeZone::Load("Asia/Manila");
  ASSERT_TRUE(zone);
  const LocalTime local = zone->ToLocal(At(1795388592) + std::chrono::milliseconds(345));
  EXPECT_EQ(local.iso, "2026-11-23T07:03:12.345+08:00");  // 23:03:12 UTC the day before
  EXPECT_EQ(local.day, "2026-11-23");
  EXPECT_EQ(local.date, "2026-11-23 07:03:12");
  EXPECT_EQ(local.minutes, 7 * 60 + 3);
  EXPECT_EQ(local.weekday, 0);
  EXPECT_EQ(local.session, Session::kAm);
}

TEST(TimeZoneTest, NoonIsAfternoon) {
  const auto zone = TimeZone::Load("Asia/Manila");
  EXPECT_EQ(zone->ToLocal(*zone->FromLocal("2026-11-23 11:59:59")).session, Session::kAm);
  EXPECT_EQ(zone->ToLocal(*zone->FromLocal("2026-11-23 12:00:00")).session, Session::kPm);
}

TEST(TimeZoneTest, OffsetsFollowDaylightSavingAndMayBeNegative) {
  const auto zone = TimeZone::Load("America/New_York");
  EXPECT_EQ(zone->ToLocal(*zone->FromLocal("2026-07-01 08:00:00")).iso,
            "2026-07-01T08:00:00.000-04:00");
  EXPECT_EQ(zone->ToLocal(*zone->FromLocal("2026-12-01 08:00:00")).iso,
            "2026-12-01T08:00:00.000-05:00");
}

TEST(TimeZoneTest, TheYear1970AndInstantsBeforeItHaveADayToo) {
  const auto zone = TimeZone::Load("Asia/Manila");
  EXPECT_EQ(zone->ToLocal(At(0)).date, "1970-01-01 08:00:00");
  EXPECT_EQ(zone->ToLocal(At(-1)).date, "1970-01-01 07:59:59");
}

TEST(TimeZoneTest, AnUnknownNameIsMisconfigured) {
  const auto zone = TimeZone::Load("Mars/Olympus");
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().code, ErrorCode::kMisconfigured);
}

TEST(DayTest, DaysExistOrDoNot) {
  EXPECT_TRUE(IsDay("2028-02-29"));
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-1-1", "20261123", "abcd-ef-gh", ""}) {
    EXPECT_FALSE(IsDay(text)) << text;
  }
  EXPECT_EQ(WeekdayOf("2026-11-23"), 0);
  EXPECT_EQ(AddDays("2026-02-28", 1), "2026-03-01");
  EXPECT_EQ(AddDays("2026-01-01", -1), "2025-12-31");
  EXPECT_EQ(AddDays("9999-12-30", 1), "9999-12-31");
  for (const int days : {1, 2, 40'000}) {
    EXPECT_GT(AddDays("9999-12-31", days), "9999-12-31");
    EXPECT_LT(AddDays("0000-01-01", -days), "0000-01-01");
    EXPECT_FALSE(IsDay(AddDays("9999-12-31", days)));
    EXPECT_FALSE(IsDay(AddDays("0000-01-01", -days)));
  }
}

TEST(DayTest, TimesOfDay) {
  EXPECT_EQ(MinutesFrom("07:30"), 450);
  EXPECT_EQ(MinutesFrom("7:30"), 450);
  EXPECT_EQ(MinutesFrom("24:00"), 1440) << "classes may end with the day";
  for (const char* text : {"", "24:01", "25:00", "7", "07:3", "07:60", "ab:cd", "007:30", ":30"}) {
    EXPECT_EQ(MinutesFrom(text), -1) << text;
  }
}

}  // namespace
}  // namespace tamtap
