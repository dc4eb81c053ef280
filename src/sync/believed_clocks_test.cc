// Which clock is believed, and what becomes of those that were believed wrongly.
#include "sync/clock_correction_fixture.h"

namespace tamtap {
namespace {

using journal::ExampleCard;
using std::chrono::hours;
using std::chrono::minutes;

TEST_F(ClockCorrectionTest, ABootIn2038ThenOneIn1970ThenARightOneAllAreOfTheirDay) {
  BootWithoutAClock("boot-2", kIn2038);
  Tap(1);
  clock_.Advance(minutes(3));
  Tap(2);
  Settle();
  EXPECT_TRUE(store_.taps.empty()) << "nobody taps a card in 2038";
  BootWithoutAClock("boot-3");
  Tap(3);
  Settle();
  EXPECT_TRUE(store_.taps.empty());
  Boot("boot-4", kMorning + minutes(30));
  Tap(4);
  Settle();
  for (uint64_t person = 1; person <= 4; ++person) {
    ASSERT_TRUE(Stored(person)) << person;
    EXPECT_EQ(Stored(person)->day, "2026-11-23") << person;
  }
  EXPECT_EQ(Stored(1)->clock, ClockState::kUnsure);
  EXPECT_EQ(Stored(1)->time, "07:27:00") << "as late as it can have been";
  EXPECT_EQ(Stored(2)->time, "07:30:00");
  EXPECT_EQ(Stored(4)->clock, ClockState::kSynchronised);
  // None of the guesses turns anybody away.
  EXPECT_TRUE(journal_->FindTaps("2026-11-23", ExampleCard(4)));
  for (uint64_t person = 1; person <= 3; ++person) {
    EXPECT_FALSE(journal_->FindTaps("2026-11-23", ExampleCard(person))) << person;
  }
}

TEST_F(ClockCorrectionTest, WhatABootIn2038ShowedIsNoFloorForLaterOnes) {
  BootWithoutAClock("boot-2", kIn2038);
  Tap(1);
  BootWithoutAClock("boot-3", kMorning);
  Tap(2);
  Settle();
  ASSERT_TRUE(Stored(2));
  EXPECT_EQ(Stored(2)->day, "2026-11-23");
  EXPECT_EQ(journal_->LastVouchedDay(), journal::kFirstPossibleDay);
}

TEST_F(ClockCorrectionTest, WhereNobodyEverKnowsTheTimeEarlierBootsArePutBehindTheLastVouchedDay) {
  Tap(1);  // 2026-11-23, synchronised
  Settle();
  BootWithoutAClock("boot-2");
  Tap(2);
  BootWithoutAClock("boot-3");
  Settle();
  EXPECT_FALSE(Stored(2)) << "somebody may yet say what time it is";
  clock_.Advance(minutes(61));
  Settle();
  ASSERT_TRUE(Stored(2));
  EXPECT_EQ(Stored(2)->day, "2026-11-23");
  EXPECT_GE(Stored(2)->time, "23:00:00");
  EXPECT_EQ(Stored(2)->clock, ClockState::kUnsure);
}

TEST_F(ClockCorrectionTest, AClockThatIsMovedTo2038AfterTapsWereSentAsTakenTakesNoTapThere) {
  BootWithoutAClock("boot-2", kMorning);
  Tap(1);
  Settle();
  ASSERT_TRUE(Stored(1));
  clock_.SetWall(kIn2038);
  Tap(2);
  Settle();
  EXPECT_FALSE(Stored(2));
  Boot("boot-3", kMorning + minutes(30));
  Settle();
  ASSERT_TRUE(Stored(2));
  EXPECT_EQ(Stored(2)->day, "2026-11-23");
}

TEST_F(ClockCorrectionTest, AVouchedDayIn2030HealsAsSoonAsTheStoreTellsTheTime) {
  Boot("boot-2", kMorning + hours(24 * 1'500));  // a liar vouches
  Tap(1);
  Settle();
  EXPECT_GT(journal_->LastVouchedDay(), "2030");
  BootWithoutAClock("boot-3");
  Tap(2);
  Settle();
  EXPECT_FALSE(Stored(2));
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow()};
  clock_.Advance(minutes(2));
  Settle();
  ASSERT_TRUE(Stored(2));
  EXPECT_EQ(Stored(2)->day, "2026-11-23");
  EXPECT_EQ(Stored(2)->clock, ClockState::kCorrected);
  EXPECT_GT(Stored(1)->day, "2030") << "what is stored does not move";
  Tap(3);
  Settle();
  EXPECT_EQ(Stored(3)->day, "2026-11-23");
}

TEST_F(ClockCorrectionTest, AVouchedDayInTheFutureHealsWhenNtpKeepsTheClockAgain) {
  Boot("boot-2", kMorning + hours(50));  // a liar vouches
  Tap(1);
  BootWithoutAClock("boot-3");
  Tap(2);
  Boot("boot-4", kMorning + minutes(30));
  Settle();
  ASSERT_TRUE(Stored(2));
  EXPECT_EQ(Stored(2)->day, "2026-11-23");
}

TEST_F(ClockCorrectionTest, AToldTimeBeforeTheLastVouchedDayIsRefusedUnlessItIsVouchedForToo) {
  Tap(1);
  Settle();
  BootWithoutAClock("boot-2");
  Tap(2);
  store_.time_told = ToldTime{kMorning - hours(48), clock_.MonotonicNow()};
  Settle();
  EXPECT_FALSE(Stored(2)) << "that server has no battery either";
  store_.time_told->sure = true;
  clock_.Advance(minutes(2));
  Settle();
  ASSERT_TRUE(Stored(2));
  EXPECT_EQ(Stored(2)->day, "2026-11-21");
}

TEST_F(ClockCorrectionTest, AClockThatLeapsByTenYearsIsNotBelievedWhoeverVouches) {
  Tap(1);
  Boot("boot-2", kIn2038);
  EXPECT_TRUE(clock_.Synchronised());
  EXPECT_FALSE(corrected_->Synchronised());
  Tap(2);
  Settle();
  EXPECT_FALSE(Stored(2));
  EXPECT_EQ(journal_->LastVouchedDay(), "2026-11-23");
}

TEST_F(ClockCorrectionTest, ABatteryIsBelievedAsLongAsItCanBe) {
  clock_.SetByBattery();
  Tap(1);
  EXPECT_TRUE(corrected_->Synchronised());
  RestartProcess();
  clock_.SetWall(kMorning - hours(24));
  EXPECT_FALSE(corrected_->Synchronised()) << "that day was over";
  clock_.SetWall(kIn2038);
  EXPECT_FALSE(corrected_->Synchronised());
  clock_.SetWall(kMorning + hours(24));
  EXPECT_TRUE(corrected_->Synchronised());
}

TEST_F(ClockCorrectionTest, AStoreWhoseClockIsVouchedForBeatsABattery) {
  clock_.SetByBattery();
  clock_.SetWall(kMorning + hours(24));
  Tap(1);
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow()};
  Settle();
  EXPECT_EQ(Stored(1)->day, "2026-11-24") << "nobody vouches for the store's clock";
  store_.time_told = ToldTime{kMorning, clock_.MonotonicNow(), true};
  sync_->PullArrivalsBy(*corrected_, zone_);
  clock_.Advance(minutes(11));
  Settle();
  EXPECT_EQ(zone_.ToLocal(corrected_->Now()).day, "2026-11-23");
  Tap(2);
  Settle();
  ASSERT_TRUE(Stored(2));
  EXPECT_EQ(Stored(2)->day, "2026-11-23");
  EXPECT_EQ(Stored(2)->clock, ClockState::kSynchronised);
}

TEST_F(ClockCorrectionTest, AServerIn1970IsNotBelieved) {
  clock_.SetSynchronised(false);
  Tap(1);
  store_.time_told = ToldTime{kEpoch, clock_.MonotonicNow()};
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->day, "2026-11-23");
}

}  // namespace
}  // namespace tamtap
