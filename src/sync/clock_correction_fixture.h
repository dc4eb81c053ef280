// For tests: a gate whose clock may be wrong, its journal, its sync and the store that it sends to.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>

#include "journal/test_journal.h"
#include "sync/clock_correction.h"
#include "sync/fake_store.h"
#include "sync/sync.h"

namespace tamtap {

inline constexpr WallTime kMorning{
    std::chrono::microseconds(kExampleMorningUs)};  // 2026-11-23 07:00:00 there
inline constexpr WallTime kEpoch{std::chrono::seconds(20)};
inline constexpr WallTime kIn2038{std::chrono::seconds(2'147'483'600)};

class ClockCorrectionTest : public journal::JournalTest {
 protected:
  ClockCorrectionTest() { Begin(); }

  void Begin() {
    journal_ = Open();
    corrected_ = std::make_unique<CorrectedClock>(clock_, *journal_, zone_);
    correction_ = std::make_unique<ClockCorrection>(*journal_, roster_, zone_, clock_, *corrected_);
    sync_ = std::make_unique<Sync>(*journal_, store_, school_, clock_, random_);
    sync_->CorrectWith(correction_.get());
  }
  void RestartProcess() {
    sync_.reset();
    correction_.reset();
    corrected_.reset();
    journal_.reset();
    disk_.CrashLosingAll();
    Begin();
  }
  void BootWithoutAClock(const std::string& boot, WallTime shown = kEpoch) {
    clock_.Reboot(boot, shown);
    clock_.SetSynchronised(false);
    RestartProcess();
  }
  void Boot(const std::string& boot, WallTime shown) {
    clock_.Reboot(boot, shown);
    clock_.SetSynchronised(true);
    RestartProcess();
  }

  // A tap now, by the clock that taps are taken by.
  void Tap(uint64_t person) {
    Record record = ExampleRecord(1, journal::ExampleCard(person),
                                  corrected_->Now().time_since_epoch().count());
    record.clock = corrected_->Synchronised() ? ClockState::kSynchronised : ClockState::kUnsure;
    ASSERT_TRUE(journal_->Append(record));
  }
  void Settle() {
    for (int i = 0; i < 1000; ++i) {
      if (sync_->Step() > std::chrono::milliseconds(0)) return;
    }
    ADD_FAILURE() << "it never settles";
  }
  void RefuseTwoContents() {
    store_.decide = [this](const Record& record) {
      const auto stored = store_.taps.find(record.tap.ToString());
      const bool differs = stored != store_.taps.end() && !(stored->second == record);
      return Outcome{differs ? OutcomeKind::kRejected : OutcomeKind::kStored, "two contents"};
    };
  }
  // What the store has of a person.
  std::optional<Record> Stored(uint64_t person) const {
    for (const auto& [tap, record] : store_.taps) {
      if (record.card.text() == journal::ExampleCard(person)) return record;
    }
    return std::nullopt;
  }

  const SchoolZone zone_{*TimeZone::Load("Asia/Manila")};
  FakeStore store_;
  SchoolCopy school_{disk_, clock_, "/roster.json", SchoolCopy::Former::kKeep};
  RosterHolder& roster_ = school_.roster();
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ClockCorrection> correction_;
  std::unique_ptr<CorrectedClock> corrected_;
  std::unique_ptr<Sync> sync_;
};

}  // namespace tamtap
