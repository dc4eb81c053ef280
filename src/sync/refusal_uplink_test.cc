#include "sync/refusal_uplink.h"

#include <gmock/gmock.h>

#include "journal/test_journal.h"
#include "sync/clock_correction_fixture.h"
#include "sync/fake_store.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;

class RefusalUplinkTest : public journal::JournalTest {
 protected:
  void SetUp() override {
    journal_ = Open();
    uplink_.emplace(*journal_, store_, clock_, options_);
  }

  void Refuse(const std::string& card) {
    RefusalRecord refusal;
    refusal.reason = "UNKNOWN_CARD";
    refusal.card = card;
    refusal.date = "2026-11-23 06:44:08";
    refusal.time = "06:44:08";
    refusal.day = "2026-11-23";
    refusal.refused_at = "2026-11-23T06:44:08.000+08:00";
    refusal.refused_at_us = kExampleMorningUs;
    journal_->NoteRefusal(refusal);
    ASSERT_TRUE(journal_->Maintain());
  }
  std::vector<std::string> Kept() const {
    std::vector<std::string> cards;
    for (const RefusalRecord& each : store_.refusals) cards.push_back(each.card);
    return cards;
  }

  std::unique_ptr<journal::Journal> journal_;
  FakeStore store_;
  SyncOptions options_;
  std::optional<RefusalUplink> uplink_;
};

TEST_F(RefusalUplinkTest, BringsThemOnceInTheirOrder) {
  EXPECT_EQ(uplink_->Wait(), std::chrono::milliseconds::max());
  Refuse("A0000001");
  Refuse("A0000002");
  EXPECT_EQ(uplink_->Wait(), std::chrono::milliseconds(0));
  EXPECT_EQ(uplink_->HandOver(nullptr), false) << "there are no more";
  EXPECT_THAT(Kept(), ElementsAre("A0000001", "A0000002"));
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(uplink_->HandOver(nullptr), false);
  EXPECT_EQ(store_.refusal_calls, 1);
}

TEST_F(RefusalUplinkTest, GoesOnAtOnceWhileThereAreMore) {
  for (int i = 0; i < 150; ++i) Refuse("A0000001");
  EXPECT_EQ(uplink_->HandOver(nullptr), true);
  EXPECT_EQ(uplink_->HandOver(nullptr), false);
  EXPECT_EQ(store_.refusals.size(), 150u);
}

TEST_F(RefusalUplinkTest, BringsThemAgainAfterAFailureAndNotAtOnce) {
  Refuse("A0000001");
  store_.fail_refusals = Error{ErrorCode::kRetry, "overloaded", 0, {}};
  EXPECT_FALSE(uplink_->HandOver(nullptr));
  EXPECT_GT(uplink_->Wait(), std::chrono::milliseconds(0));
  EXPECT_EQ(uplink_->HandOver(nullptr), false);
  EXPECT_EQ(store_.refusal_calls, 1);
  store_.fail_refusals.reset();
  clock_.Advance(options_.again);
  EXPECT_EQ(uplink_->HandOver(nullptr), false);
  EXPECT_THAT(Kept(), ElementsAre("A0000001"));
}

TEST_F(RefusalUplinkTest, AStoreThatKeepsNoneIsAskedSeldomAndNothingIsLost) {
  Refuse("A0000001");
  store_.fail_refusals = Error{ErrorCode::kRejected, "an earlier release", 0, {}};
  EXPECT_EQ(uplink_->HandOver(nullptr), false) << "this is no failure of the store's";
  clock_.Advance(std::chrono::minutes(30));
  EXPECT_EQ(uplink_->HandOver(nullptr), false);
  EXPECT_EQ(store_.refusal_calls, 1);
  store_.fail_refusals.reset();
  clock_.Advance(std::chrono::minutes(31));
  EXPECT_EQ(uplink_->HandOver(nullptr), false);
  EXPECT_THAT(Kept(), ElementsAre("A0000001"));
}

TEST_F(RefusalUplinkTest, ARestartBringsWhatWasNotHandedOver) {
  Refuse("A0000001");
  EXPECT_EQ(uplink_->HandOver(nullptr), false);
  ASSERT_TRUE(journal_->Maintain());
  Refuse("A0000002");
  journal_.reset();
  journal_ = Open();
  RefusalUplink again(*journal_, store_, clock_, options_);
  EXPECT_EQ(again.HandOver(nullptr), false);
  EXPECT_THAT(Kept(), ElementsAre("A0000001", "A0000002"));
}

class RefusalClockTest : public ClockCorrectionTest {
 protected:
  void Refuse(const std::string& card, ClockState clock) {
    const WallTime now = corrected_->Now();
    const LocalTime local = zone_.ToLocal(now);
    RefusalRecord refusal;
    refusal.reason = "UNKNOWN_CARD";
    refusal.card = card;
    refusal.date = local.date;
    refusal.time = local.time;
    refusal.day = local.day;
    refusal.refused_at = local.iso;
    refusal.refused_at_us = now.time_since_epoch().count();
    refusal.clock = clock;
    journal_->NoteRefusal(refusal);
    ASSERT_TRUE(journal_->Maintain());
  }
};

TEST_F(RefusalClockTest, WaitsForARightTimeAsATapDoesAndTheLaterOnesWithIt) {
  BootWithoutAClock("boot-2");
  Refuse("A0000001", ClockState::kUnsure);
  Refuse("A0000002", ClockState::kSynchronised);
  const SyncOptions options;
  RefusalUplink uplink(*journal_, store_, clock_, options);
  EXPECT_EQ(uplink.HandOver(correction_.get()), false);
  EXPECT_TRUE(store_.refusals.empty()) << "nobody knows when it was";
  ASSERT_TRUE(correction_->Learn(ToldTime{kMorning, clock_.MonotonicNow(), true}));
  clock_.Advance(options.again);
  EXPECT_EQ(uplink.HandOver(correction_.get()), false);
  ASSERT_EQ(store_.refusals.size(), 2u);
  EXPECT_EQ(store_.refusals[0].card, "A0000001");
  EXPECT_EQ(store_.refusals[0].day, "2026-11-23");
  EXPECT_EQ(store_.refusals[0].clock, ClockState::kCorrected);
}

}  // namespace
}  // namespace tamtap
