// How taps are put right that were taken by a wrong clock.
#include "sync/clock_correction_fixture.h"

namespace tamtap {
namespace {

using journal::ExampleCard;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(ClockCorrectionTest, TapsIn1970WaitAndAreCorrectedWhenTheClockIsSynchronised) {
  BootWithoutAClock("boot-2");
  Tap(1);
  clock_.Advance(minutes(10));
  Tap(2);
  Settle();
  EXPECT_TRUE(store_.taps.empty()) << "nothing says yet when that was";

  clock_.Advance(minutes(50));
  clock_.SetWall(kMorning + minutes(60));
  clock_.SetSynchronised(true);
  clock_.Advance(seconds(61));
  Settle();
  const auto first = Stored(1);
  const auto second = Stored(2);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->date, "2026-11-23 07:00:00");
  EXPECT_EQ(second->date, "2026-11-23 07:10:00");
  EXPECT_EQ(first->day, "2026-11-23");
  EXPECT_EQ(first->clock, ClockState::kCorrected);
  EXPECT_EQ(journal_->Status().pending, 0u);
}

TEST_F(ClockCorrectionTest, TheStoresTimeIsAskedForBeforeAnythingIsSent) {
  BootWithoutAClock("boot-2");
  Tap(1);
  clock_.Advance(minutes(45));
  store_.time_told = ToldTime{kMorning + minutes(45), clock_.MonotonicNow()};
  Settle();
  const auto record = Stored(1);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->date, "2026-11-23 07:00:00");
  EXPECT_EQ(record->status, Status::kOnTime);
}

TEST_F(ClockCorrectionTest, StatusIsThatOfTheRightTime) {
  BootWithoutAClock("boot-2");
  Tap(1);
  store_.time_told = ToldTime{kMorning + minutes(30), clock_.MonotonicNow()};
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->status, Status::kLate) << "07:30, and classes begin at 07:00";
}

TEST_F(ClockCorrectionTest, TheFirstWordOnABootStaysAlsoAfterARestart) {
  BootWithoutAClock("boot-2");
  Tap(1);
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow()};
  store_.lose_reply = Error{ErrorCode::kRetry, "reply lost", 0, ""};
  Settle();
  RestartProcess();
  // The next source of time says otherwise; what may have been stored must come again the same.
  store_.time_told = ToldTime{kMorning + hours(30), clock_.MonotonicNow()};
  RefuseTwoContents();
  clock_.Advance(minutes(2));
  Settle();
  EXPECT_EQ(journal_->Status().quarantined, 0u);
  EXPECT_EQ(journal_->Status().pending, 0u);
  EXPECT_EQ(Stored(1)->day, "2026-11-23");
}

TEST_F(ClockCorrectionTest, ACorrectionSurvivesTheSealOfItsSegment) {
  segment_bytes_ = 4 << 10;
  BootWithoutAClock("boot-2");
  Tap(1);
  ASSERT_TRUE(journal_->SetClock({"boot-2", 1'000'000, true}));
  for (uint64_t n = 2; n <= 30; ++n) {
    Tap(n);
    ASSERT_TRUE(journal_->Maintain());
  }
  RestartProcess();
  const auto known = journal_->ClockOf("boot-2");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->base_us, 1'000'000);
  EXPECT_TRUE(known->sure);
}

TEST_F(ClockCorrectionTest, OnceThisBootsTimeIsKnownTapsAreTakenByIt) {
  BootWithoutAClock("boot-2");
  Tap(1);
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow()};
  Settle();
  clock_.Advance(minutes(5));
  EXPECT_EQ(zone_.ToLocal(corrected_->Now()).date, "2026-11-23 07:05:00");
  EXPECT_TRUE(corrected_->Synchronised());
  EXPECT_TRUE(journal_->FindTaps("2026-11-23", ExampleCard(1))) << "a second tap is a duplicate";
}

TEST_F(ClockCorrectionTest, AClockThatSomebodySetIsTakenForRight) {
  BootWithoutAClock("boot-2");
  Tap(1);
  Settle();
  EXPECT_TRUE(store_.taps.empty());
  clock_.SetWall(kMorning);
  clock_.Advance(seconds(61));
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->date, "2026-11-23 07:00:00");
}

TEST_F(ClockCorrectionTest, AnEstimateStaysWithinItsDayAndInOrderHoweverLongTheBootLasted) {
  BootWithoutAClock("boot-2");
  for (uint64_t person = 1; person <= 30; ++person) {
    Tap(person);
    clock_.Advance(hours(5));
  }
  Boot("boot-3", kMorning);
  Settle();
  int64_t last_us = 0;
  for (uint64_t person = 1; person <= 30; ++person) {
    ASSERT_TRUE(Stored(person)) << person;
    EXPECT_EQ(Stored(person)->day, "2026-11-23") << person;
    EXPECT_GT(Stored(person)->tapped_at_us, last_us) << person;
    last_us = Stored(person)->tapped_at_us;
  }
}

TEST_F(ClockCorrectionTest, ATapOfTomorrowInABootThatIsOverWasNotTomorrow) {
  BootWithoutAClock("boot-2", kMorning + hours(26));
  Tap(1);
  Boot("boot-3", kMorning + minutes(30));
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->day, "2026-11-23");
  EXPECT_EQ(Stored(1)->clock, ClockState::kUnsure);
}

TEST_F(ClockCorrectionTest, APlausibleTapOfABootThatIsOverIsSentAsItWasTaken) {
  BootWithoutAClock("boot-2", kMorning);
  Tap(1);
  Boot("boot-3", kMorning + hours(26));
  Tap(2);  // a later day is known before the earlier tap is sent
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->tapped_at_us, kExampleMorningUs);
  EXPECT_EQ(Stored(1)->clock, ClockState::kUnsure);
}

TEST_F(ClockCorrectionTest, WhatWasSentAsTakenComesAgainAsTaken) {
  BootWithoutAClock("boot-2", kMorning + hours(26));
  Tap(1);
  store_.lose_reply = Error{ErrorCode::kRetry, "reply lost", 0, ""};
  Settle();  // nothing tells the time: it goes as it is, and may have been stored
  ASSERT_TRUE(Stored(1));
  RefuseTwoContents();
  Boot("boot-3", kMorning + minutes(30));  // shows that it can't have been
  clock_.Advance(minutes(2));
  Settle();
  EXPECT_EQ(journal_->Status().quarantined, 0u);
  EXPECT_EQ(journal_->Status().pending, 0u);
}

TEST_F(ClockCorrectionTest, WhatWasImportedIsNotOfTheBootThatItWasImportedIn) {
  ASSERT_TRUE(journal_->SetClock({clock_.BootId(), 1'000'000, true}));
  Record old = ExampleRecord(1, ExampleCard(1), kExampleMorningUs - 1, "import");
  old.clock = ClockState::kUnsure;
  ASSERT_TRUE(journal_->AppendImported(std::vector<journal::ImportedTap>{{old, false}}));
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(*Stored(1), old);
}

TEST(EstimatedInstantTest, RisesWithTheTimeSinceTheBootAndNeverReachesTheEnd) {
  constexpr int64_t kHour = 3'600'000'000;
  EXPECT_EQ(EstimatedInstant(0, kHour, 24 * kHour), kHour);
  EXPECT_EQ(EstimatedInstant(0, 12 * kHour, 24 * kHour), 12 * kHour);
  int64_t last = -1;
  for (int64_t mono = 0; mono < 10'000 * kHour; mono += kHour / 2) {
    const int64_t instant = EstimatedInstant(0, mono, 24 * kHour);
    EXPECT_GT(instant, last);
    EXPECT_LT(instant, 24 * kHour);
    last = instant;
  }
}

TEST_F(ClockCorrectionTest, AClockOfYesterdayIsCorrectedToo) {
  BootWithoutAClock("boot-2", kMorning - hours(22));
  Tap(1);
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow()};
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->day, "2026-11-23");
}

TEST_F(ClockCorrectionTest, AnUnsureClockThatTheStoreAgreesWithChangesNothingButTheFlag) {
  clock_.SetSynchronised(false);
  Tap(1);
  clock_.Advance(seconds(1));
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow()};  // told in whole seconds, and late
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->tapped_at_us, kExampleMorningUs);
  EXPECT_EQ(Stored(1)->clock, ClockState::kCorrected);
}

TEST_F(ClockCorrectionTest, WhereNothingTellsTheTimeAPlausibleClockIsSentAsItIs) {
  clock_.SetSynchronised(false);
  Tap(1);
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->clock, ClockState::kUnsure);
}

TEST_F(ClockCorrectionTest, WhatTheJournalCantBeToldIsNotSent) {
  BootWithoutAClock("boot-2");
  Tap(1);
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow()};
  disk_.SetFaults([](sim::DiskCall call, const std::string&) {
    return call == sim::DiskCall::kSync ? std::optional(sim::DiskFault{EIO, 0}) : std::nullopt;
  });
  Settle();
  EXPECT_TRUE(store_.taps.empty());
  disk_.SetFaults(nullptr);
  clock_.Advance(minutes(1));
  Settle();
  EXPECT_TRUE(Stored(1));
}

}  // namespace
}  // namespace tamtap
