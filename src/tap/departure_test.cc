#include "tap/departure.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tap/example_record.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

constexpr int64_t kMinute = 60'000'000;
constexpr DepartureRule kOn{.on = true, .after_minutes = 30};

// Taps of one person, so many minutes after 07:00; in the order in which stores give them.
Attendance TappedAt(const std::vector<int>& minutes) {
  Attendance attendance;
  uint64_t sequence = 0;
  for (const int minute : minutes) {
    const Record record =
        ExampleRecord(++sequence, "176B3325", kExampleMorningUs + minute * kMinute);
    if (sequence == 1) attendance.arrival = record;
    attendance.taps.push_back(
        {record.tap.ToString(), record.tap.terminal, record.tapped_at, record.tapped_at_us});
  }
  return attendance;
}

std::string DepartureOf(const DepartureRule& rule, Attendance attendance) {
  DeriveDeparture(rule, attendance);
  return attendance.departure;
}

TEST(Departure, TheLastTapIsOneIfItIsHalfAnHourBehindTheFirst) {
  EXPECT_EQ(DepartureOf(kOn, TappedAt({0, 30})), "07:30:00");
  EXPECT_EQ(DepartureOf(kOn, TappedAt({0, 29})), "");
  EXPECT_EQ(DepartureOf(kOn, TappedAt({0, 29, 540, 600})), "17:00:00");
  EXPECT_EQ(DepartureOf(kOn, TappedAt({0})), "");
  EXPECT_EQ(DepartureOf(kOn, TappedAt({})), "");
}

TEST(Departure, TheSchoolSaysHowLongAfterAndWhetherAtAll) {
  EXPECT_EQ(DepartureOf({.on = true, .after_minutes = 5}, TappedAt({0, 5})), "07:05:00");
  EXPECT_EQ(DepartureOf({.on = true, .after_minutes = 60}, TappedAt({0, 59})), "");
  EXPECT_EQ(DepartureOf({.on = false, .after_minutes = 30}, TappedAt({0, 600})), "");
}

TEST(Departure, AnyOrderOfItsTapsGivesTheSame) {
  std::vector<int> minutes = {0, 10, 300, 600};
  do {
    EXPECT_EQ(DepartureOf(kOn, TappedAt(minutes)), "17:00:00");
  } while (std::next_permutation(minutes.begin(), minutes.end()));
}

TEST(Departure, WhatStaffSayIsNoTap) {
  Attendance attendance = TappedAt({0});
  // Marks lie behind every tap, and an acceptance is a mark too.
  attendance.taps.push_back({"staff.ab.2", std::string(kStaffTerminal),
                             "2026-11-23T12:00:00.000+08:00", kAfterEveryTapUs});
  EXPECT_EQ(DepartureOf(kOn, attendance), "");
  attendance.taps.erase(attendance.taps.begin());
  EXPECT_EQ(DepartureOf(kOn, attendance), "") << "nobody leaves who never came";
}

TEST(Departure, WhatWasDerivedBeforeIsForgotten) {
  Attendance attendance = TappedAt({0, 30});
  DeriveDeparture(kOn, attendance);
  EXPECT_EQ(attendance.departed_at, "2026-11-23T07:30:00.000+08:00");
  attendance.taps.pop_back();
  DeriveDeparture(kOn, attendance);
  EXPECT_EQ(attendance.departed_at, "");
  EXPECT_EQ(attendance.departure, "");
}

}  // namespace
}  // namespace tamtap
