#include "sync/clock_correction.h"

#include <gmock/gmock.h>

#include "journal/test_journal.h"
#include "sync/fake_store.h"
#include "sync/sync.h"

namespace tamtap {
namespace {

using journal::ExampleCard;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallTime kMorning{microseconds(kExampleMorningUs)};  // 2026-11-23 07:00:00 there
constexpr WallTime kEpoch{seconds(20)};

class ClockCorrectionTest : public journal::JournalTest {
 protected:
  ClockCorrectionTest() { Begin(); }

  void Begin() {
    journal_ = Open();
    correction_ = std::make_unique<ClockCorrection>(*journal_, roster_, zone_, clock_);
    corrected_ = std::make_unique<CorrectedClock>(clock_, *journal_);
    sync_ = std::make_unique<Sync>(
        *journal_, store_, roster_, [](const School&, const School&) -> Result<> { return {}; },
        clock_, random_);
    sync_->CorrectWith(correction_.get());
  }
  void RestartProcess() {
    sync_.reset();
    corrected_.reset();
    correction_.reset();
    journal_.reset();
    disk_.CrashLosingAll();
    Begin();
  }
  void BootWithoutAClock(const std::string& boot, WallTime shown = kEpoch) {
    clock_.Reboot(boot, shown);
    clock_.SetSynchronised(false);
    RestartProcess();
  }

  // A tap now, by the clock that taps are taken by.
  void Tap(uint64_t person) {
    Record record =
        ExampleRecord(1, ExampleCard(person), corrected_->Now().time_since_epoch().count());
    record.clock = corrected_->Synchronised() ? ClockState::kSynchronised : ClockState::kUnsure;
    ASSERT_TRUE(journal_->Append(record));
  }
  void Settle() {
    for (int i = 0; i < 1000; ++i) {
      if (sync_->Step() > milliseconds(0)) return;
    }
    ADD_FAILURE() << "it never settles";
  }
  // What the store has of a person.
  std::optional<Record> Stored(uint64_t person) const {
    for (const auto& [tap, record] : store_.taps) {
      if (record.nfc_id.text() == ExampleCard(person)) return record;
    }
    return std::nullopt;
  }

  const TimeZone zone_ = *TimeZone::Load("Asia/Manila");
  FakeStore store_;
  RosterHolder roster_{School{}};
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ClockCorrection> correction_;
  std::unique_ptr<CorrectedClock> corrected_;
  std::unique_ptr<Sync> sync_;
};

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
  store_.decide = [this](const Record& record) {
    const auto stored = store_.taps.find(record.tap.ToString());
    const bool differs = stored != store_.taps.end() && !(stored->second == record);
    return Outcome{differs ? OutcomeKind::kRejected : OutcomeKind::kStored, "two contents"};
  };
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
  EXPECT_TRUE(journal_->FindTap("2026-11-23", ExampleCard(1))) << "a second tap is a duplicate";
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

TEST_F(ClockCorrectionTest, ABootThatNeverHadARightClockIsPutBehindTheLastKnownDayAndStaysUnsure) {
  Tap(1);  // 2026-11-23, synchronised
  Settle();
  BootWithoutAClock("boot-2");
  Tap(2);
  clock_.Advance(minutes(3));
  Tap(3);
  clock_.Reboot("boot-3", kMorning + hours(26));
  RestartProcess();
  Settle();
  const auto second = Stored(2);
  const auto third = Stored(3);
  ASSERT_TRUE(second && third);
  EXPECT_EQ(second->day, "2026-11-23");
  EXPECT_EQ(second->time, "23:59:59");
  EXPECT_EQ(third->time, "00:02:59");
  EXPECT_EQ(second->clock, ClockState::kUnsure);
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

TEST_F(ClockCorrectionTest, AServerIn1970IsNotBelieved) {
  clock_.SetSynchronised(false);
  Tap(1);
  store_.time_told = ToldTime{kEpoch, clock_.MonotonicNow()};
  Settle();
  ASSERT_TRUE(Stored(1));
  EXPECT_EQ(Stored(1)->day, "2026-11-23");
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
