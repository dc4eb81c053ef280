#include "server/told_taps.h"

#include <gtest/gtest.h>

#include "tap/example_record.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

constexpr int64_t kMinute = 60'000'000;

TEST(ToldTaps, ATapIsToldOnce) {
  ToldTaps told;
  const Record record = ExampleRecord(1);
  EXPECT_TRUE(told.Tell(record, record.day));
  EXPECT_FALSE(told.Tell(record, record.day));
}

TEST(ToldTaps, ALaterTapOfTheSamePersonIsNoArrival) {
  ToldTaps told;
  const Record first = ExampleRecord(1);
  EXPECT_TRUE(told.Tell(first, first.day));
  EXPECT_FALSE(told.Tell(ExampleRecord(2, "176B3325", kExampleMorningUs + kMinute), first.day));
  EXPECT_TRUE(told.Tell(ExampleRecord(3, "DEADBEEF", kExampleMorningUs + kMinute), first.day));
}

TEST(ToldTaps, AnEarlierTapOfAnotherGateTakesThePlaceOfTheArrivalOnce) {
  ToldTaps told;
  const Record late = ExampleRecord(1, "176B3325", kExampleMorningUs + 90 * kMinute, "gate-1");
  const Record early = ExampleRecord(1, "176B3325", kExampleMorningUs, "gate-2");
  EXPECT_TRUE(told.Tell(late, late.day));
  EXPECT_TRUE(told.Tell(early, late.day));
  EXPECT_FALSE(told.Tell(late, late.day));
  EXPECT_FALSE(told.Tell(early, late.day));
}

TEST(ToldTaps, OfTwoTapsAtOneInstantTheSmallerIdArrived) {
  const Record one = ExampleRecord(1, "176B3325", kExampleMorningUs, "gate-1");
  const Record two = ExampleRecord(1, "176B3325", kExampleMorningUs, "gate-2");
  ToldTaps told;
  EXPECT_TRUE(told.Tell(one, one.day));
  EXPECT_FALSE(told.Tell(two, one.day));
  ToldTaps other;
  EXPECT_TRUE(other.Tell(two, one.day));
  EXPECT_TRUE(other.Tell(one, one.day));
}

TEST(ToldTaps, ACorrectedTimeIsNoNewTap) {
  ToldTaps told;
  const Record unsure = ExampleRecord(1, "176B3325", kExampleMorningUs + kMinute);
  Record corrected = unsure;
  corrected.tapped_at_us = kExampleMorningUs + 30 * kMinute;
  const Record between = ExampleRecord(2, "176B3325", kExampleMorningUs + 10 * kMinute);
  EXPECT_TRUE(told.Tell(unsure, unsure.day));
  EXPECT_FALSE(told.Tell(corrected, unsure.day));
  // Against the corrected time, this one came first.
  EXPECT_TRUE(told.Tell(between, unsure.day));
}

TEST(ToldTaps, TerminalsThatSpeakOfOtherDaysDoNotMakeTodayForgotten) {
  ToldTaps told;
  const Record today = ExampleRecord(1);
  EXPECT_TRUE(told.Tell(today, today.day));
  for (int days = -20; days <= 20; ++days) {
    Record other = ExampleRecord(static_cast<uint64_t>(100 + days), "DEADBEEF");
    other.day = AddDays(today.day, days);
    told.Tell(other, today.day);
  }
  EXPECT_FALSE(told.Tell(today, today.day));
}

TEST(ToldTaps, EverEarlierTapsOfOnePersonAreToldAFewTimesAtMost) {
  ToldTaps told;
  int count = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto sequence = static_cast<uint64_t>(1 + i);
    const Record record = ExampleRecord(sequence, "176B3325", kExampleMorningUs - i);
    count += told.Tell(record, record.day) ? 1 : 0;
  }
  EXPECT_EQ(count, 16);
}

TEST(ToldTaps, ADepartureIsToldOnceAndALaterOneAgain) {
  ToldTaps told;
  const Record arrival = ExampleRecord(1);
  EXPECT_FALSE(told.ArrivedAt(arrival));
  EXPECT_FALSE(told.TellDeparture(arrival, arrival.tapped_at_us + 60 * kMinute)) << "nobody came";
  told.Tell(arrival, arrival.day);
  EXPECT_EQ(told.ArrivedAt(arrival), arrival.tapped_at_us);
  EXPECT_TRUE(told.TellDeparture(arrival, arrival.tapped_at_us + 60 * kMinute));
  EXPECT_FALSE(told.TellDeparture(arrival, arrival.tapped_at_us + 60 * kMinute));
  EXPECT_FALSE(told.TellDeparture(arrival, arrival.tapped_at_us + 40 * kMinute)) << "not the last";
  EXPECT_TRUE(told.TellDeparture(arrival, arrival.tapped_at_us + 90 * kMinute));
}

}  // namespace
}  // namespace tamtap
