#include "terminal/append_times.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

using std::chrono::microseconds;

TEST(AppendTimesTest, WithoutATapThereIsNothingToSay) { EXPECT_EQ(AppendTimes().Look().taps, 0U); }

TEST(AppendTimesTest, TheMiddleAndTheSlowestHundredthAreOfTheTapsThatThereWere) {
  AppendTimes times;
  times.Note(microseconds(7));
  EXPECT_EQ(times.Look().median, microseconds(7));
  EXPECT_EQ(times.Look().p99, microseconds(7));
  for (int i = 1; i <= 100; ++i) times.Note(microseconds(i * 1'000));
  const auto seen = times.Look();
  EXPECT_EQ(seen.taps, 101U);
  EXPECT_EQ(seen.median, microseconds(50'000));
  EXPECT_EQ(seen.p99, microseconds(99'000));
}

TEST(AppendTimesTest, WhatWasLongAgoIsForgotten) {
  AppendTimes times;
  for (size_t i = 0; i < AppendTimes::kKept; ++i) times.Note(microseconds(900'000));
  for (size_t i = 0; i < AppendTimes::kKept; ++i) times.Note(microseconds(80));
  EXPECT_EQ(times.Look().taps, AppendTimes::kKept);
  EXPECT_EQ(times.Look().p99, microseconds(80));
}

}  // namespace
}  // namespace tamtap
