#include "sync/store_check.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "base/check.h"
#include "base/random.h"
#include "base/test_rounds.h"
#include "sim/fake_clock.h"
#include "sync/fake_store.h"
#include "sync/forwarding_store.h"
#include "tap/example_record.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::Each;
using ::testing::Le;

// A journal's confirmations, in memory.
class FakeConfirmations final : public Confirmations {
 public:
  std::optional<StoreIdentity> Store() override { return store; }
  Result<> SetStore(const StoreIdentity& identity) override {
    if (disk_fails) return Error{ErrorCode::kFull, "write", 0, ""};
    if (store != identity) CHECK(RecheckSince(""));
    store = identity;
    return {};
  }
  bool LacksAWitness() override { return lacks_a_witness; }
  Result<std::vector<journal::PendingTap>> ReadUnchecked(uint64_t from, size_t limit) override {
    std::set<uint64_t> asked = unchecked;
    for (auto each = order.rbegin(); each != order.rend() && !lacks_a_witness; ++each) {
      if (unchecked.contains(*each)) continue;
      asked.insert(*each);  // the one that was confirmed last before the unchecked ones
      break;
    }
    std::vector<journal::PendingTap> read;
    for (auto each = asked.lower_bound(from); each != asked.end() && read.size() < limit; ++each) {
      read.push_back(taps.at(*each));
    }
    return read;
  }
  void Checked(std::span<const uint64_t> sequences) override {
    for (const uint64_t each : sequences) unchecked.erase(each);
  }
  uint64_t MakePending(std::span<const uint64_t> sequences) override {
    for (const uint64_t each : sequences) {
      unchecked.erase(each);
      std::erase(order, each);
      pending.insert(each);
    }
    return sequences.size();
  }
  Result<uint64_t> RecheckSince(std::string_view day) override {
    uint64_t count = 0;
    for (const uint64_t each : order) {
      if (taps.at(each).record.day < day) continue;
      unchecked.insert(each);
      ++count;
    }
    ++rechecks;
    return count;
  }
  std::vector<std::string> DaysAsSent(const journal::PendingTap& tap) override {
    const auto corrected = days.find(tap.sequence);
    return corrected == days.end() ? std::vector<std::string>() : std::vector{corrected->second};
  }

  uint64_t Tap() {
    const uint64_t sequence = taps.size() + 1;
    journal::PendingTap tap;
    tap.sequence = sequence;
    tap.record = ExampleRecord(sequence, fmt::format("{:08X}", sequence));
    taps.emplace(sequence, tap);
    pending.insert(sequence);
    return sequence;
  }
  void Confirm(uint64_t sequence) {
    pending.erase(sequence);
    order.push_back(sequence);
    unchecked.insert(sequence);
  }

  std::optional<StoreIdentity> store;
  std::map<uint64_t, journal::PendingTap> taps;
  std::set<uint64_t> pending;
  std::set<uint64_t> unchecked;
  std::vector<uint64_t> order;  // of confirmation
  std::map<uint64_t, std::string> days;
  int rechecks = 0;
  bool lacks_a_witness = false, disk_fails = false;
};

class StoreCheckTest : public testing::Test {
 protected:
  // What the sync does with what is pending.
  void Push() {
    while (!confirmations_.pending.empty()) {
      const uint64_t sequence = *confirmations_.pending.begin();
      ASSERT_TRUE(store_.Store({&confirmations_.taps.at(sequence).record, 1}));
      confirmations_.Confirm(sequence);
    }
  }
  void TapAndPush(int count) {
    for (int i = 0; i < count; ++i) confirmations_.Tap();
    Push();
  }
  // What the sync does, for that long.
  void Run(milliseconds duration) {
    const MonotonicTime until = clock_.MonotonicNow() + duration;
    while (clock_.MonotonicNow() < until) {
      const bool met = check_.Met() || check_.Meet();
      while (check_.GoesFirst()) check_.Step();
      if (met && !store_.fail) Push();
      const milliseconds pause = met ? check_.Step() : milliseconds(1'000);
      const auto left = std::chrono::ceil<milliseconds>(until - clock_.MonotonicNow());
      clock_.Advance(std::clamp(pause, milliseconds(1), std::max(left, milliseconds(1))));
    }
  }
  void MeetAgain() {
    check_.ExpectAnother();
    ASSERT_TRUE(check_.Meet());
  }
  bool HoldsAll() const {
    return std::all_of(
        confirmations_.taps.begin(), confirmations_.taps.end(),
        [&](const auto& tap) { return store_.taps.contains(tap.second.record.tap.ToString()); });
  }

  sim::FakeClock clock_{WallTime(std::chrono::microseconds(kExampleMorningUs))};
  FakeConfirmations confirmations_;
  FakeStore store_;
  StoreCheck check_{confirmations_, store_, clock_};
};

TEST_F(StoreCheckTest, NothingIsKnownUntilTheStoreHasSaidWhichOneItIs) {
  store_.fail = Error{ErrorCode::kRetry, "reach the store", 0, ""};
  EXPECT_FALSE(check_.Meet());
  EXPECT_FALSE(check_.Met());
  store_.fail.reset();
  EXPECT_TRUE(check_.Meet());
  EXPECT_TRUE(check_.Met());
  EXPECT_EQ(confirmations_.store, store_.identity);
}

TEST_F(StoreCheckTest, AJournalThatCannotTakeTheNameOfTheStoreLetsNothingBeSent) {
  confirmations_.disk_fails = true;
  EXPECT_FALSE(check_.Meet());
  EXPECT_FALSE(check_.Met());
  confirmations_.disk_fails = false;
  EXPECT_TRUE(check_.Meet());
}

TEST_F(StoreCheckTest, WhatWasConfirmedBeforeStoresHadNamesIsAskedAboutOnce) {
  TapAndPush(1'000);
  confirmations_.unchecked.clear();
  store_.taps.erase(store_.taps.begin());
  Run(milliseconds(120'000));
  EXPECT_TRUE(HoldsAll());
  EXPECT_EQ(check_.offered_again(), 1u);
  EXPECT_EQ(confirmations_.rechecks, 1);
}

TEST_F(StoreCheckTest, AnotherStoreIsSentWhatItLacksAndNothingElse) {
  ASSERT_TRUE(check_.Meet());
  TapAndPush(700);
  Run(milliseconds(120'000));
  const auto before = std::exchange(store_.taps, {});
  for (const auto& [tap, record] : before) {
    if (record.tap.sequence % 3 == 0) store_.taps.emplace(tap, record);
  }
  store_.identity = {"store-2", "epoch-9"};
  const int calls = store_.calls;
  MeetAgain();
  Run(milliseconds(120'000));
  EXPECT_TRUE(HoldsAll());
  EXPECT_EQ(static_cast<size_t>(store_.calls - calls), 700u - 700u / 3);
  EXPECT_EQ(confirmations_.store, store_.identity);
}

TEST_F(StoreCheckTest, AStoreThatIsSwappedBetweenTwoCallsIsNoticedWithinAMinute) {
  TapAndPush(10);
  Run(milliseconds(120'000));
  store_.taps.clear();
  store_.identity = {"store-2", "epoch-1"};
  Run(milliseconds(130'000));
  EXPECT_TRUE(HoldsAll());
  EXPECT_EQ(confirmations_.store, store_.identity);
}

TEST_F(StoreCheckTest, AStoreThatIsSwappedWhileACheckPausesIsNoticedByItsNextQuestion) {
  TapAndPush(200);
  ASSERT_TRUE(check_.Meet());
  check_.Step();
  store_.identity = {"store-2", "epoch-1"};
  clock_.Advance(milliseconds(60'000));  // the sync waited to send a tap again
  check_.Step();
  EXPECT_EQ(confirmations_.store, store_.identity);
}

TEST_F(StoreCheckTest, AStoreThatWentBackIsSentWhatItLostWhateverThatIs) {
  for (size_t back_to = 0; back_to <= 30; ++back_to) {
    FakeConfirmations confirmations;
    FakeStore store;
    StoreCheck check(confirmations, store, clock_);
    ASSERT_TRUE(check.Meet());
    std::map<std::string, Record> backup;
    for (size_t i = 0; i < 30; ++i) {
      if (i == back_to) backup = store.taps;
      const uint64_t sequence = confirmations.Tap();
      ASSERT_TRUE(store.Store({&confirmations.taps.at(sequence).record, 1}));
      confirmations.Confirm(sequence);
      if (i == 19) {  // a whole check: the later ones were confirmed since
        for (int step = 0; step < 100; ++step) clock_.Advance(check.Step());
      }
    }
    if (back_to == 30) backup = store.taps;
    store.taps = backup;
    check.ExpectAnother();
    ASSERT_TRUE(check.Meet());
    for (int step = 0; step < 200; ++step) {
      for (const uint64_t sequence : std::set<uint64_t>(confirmations.pending)) {
        ASSERT_TRUE(store.Store({&confirmations.taps.at(sequence).record, 1}));
        confirmations.Confirm(sequence);
      }
      clock_.Advance(std::max(check.Step(), milliseconds(1)));
    }
    EXPECT_EQ(store.taps.size(), 30u) << back_to;
    EXPECT_EQ(check.offered_again(), 30u - back_to);
  }
}

TEST_F(StoreCheckTest, AnOlderServerThatCannotSayWhichStoreItKeepsIsSentTapsAndNotAsked) {
  store_.identity = {};
  TapAndPush(5);
  Run(milliseconds(300'000));
  EXPECT_TRUE(store_.lookups.empty());
  EXPECT_EQ(confirmations_.store, std::nullopt);
  EXPECT_TRUE(check_.Met());
}

TEST_F(StoreCheckTest, ALongHistoryIsCheckedInBoundedBatchesWithPausesBetween) {
  TapAndPush(20'000);
  ASSERT_TRUE(check_.Meet());
  const MonotonicTime begin = clock_.MonotonicNow();
  int steps = 0;
  while (!confirmations_.unchecked.empty()) {
    const milliseconds pause = check_.Step();
    ASSERT_GT(pause, milliseconds(0)) << "fresh taps have no room between";
    ++steps;
    if (!confirmations_.unchecked.empty()) clock_.Advance(pause);
  }
  EXPECT_THAT(store_.lookups, Each(Le(500u)));
  EXPECT_LE(steps, 60);
  EXPECT_LE(clock_.MonotonicNow() - begin, milliseconds(5'000));
}

TEST_F(StoreCheckTest, AQuestionThatFailsChangesNothingAndComesLaterAndSmaller) {
  TapAndPush(2'000);
  ASSERT_TRUE(check_.Meet());
  for (int i = 0; i < 4; ++i) clock_.Advance(check_.Step());
  const size_t unchecked = confirmations_.unchecked.size();
  ASSERT_GT(unchecked, 0u);
  store_.fail = Error{ErrorCode::kRetry, "reach the store", 0, ""};
  milliseconds waited{0};
  for (int i = 0; i < 10; ++i) {
    const milliseconds pause = check_.Step();
    EXPECT_GE(pause, milliseconds(1'000));
    EXPECT_LE(pause, milliseconds(60'000));
    waited += pause;
    clock_.Advance(pause);
  }
  EXPECT_GE(waited, milliseconds(200'000));
  EXPECT_EQ(confirmations_.unchecked.size(), unchecked);
  EXPECT_TRUE(confirmations_.pending.empty());
  store_.fail.reset();
  store_.lookups.clear();
  check_.Step();
  ASSERT_FALSE(store_.lookups.empty());
  EXPECT_LE(store_.lookups.front(), 2u);
  Run(milliseconds(60'000));
  EXPECT_EQ(check_.offered_again(), 0u);
}

TEST_F(StoreCheckTest, ATapWhoseClockWasCorrectedIsLookedForUnderBothDays) {
  struct ByDay final : public ForwardingStore {
    using ForwardingStore::ForwardingStore;
    Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
      std::vector<size_t> lacking;
      for (size_t i = 0; i < records.size(); ++i) {
        if (!days.contains(records[i].day)) lacking.push_back(i);
      }
      return lacking;
    }
    std::set<std::string> days;
  } by_day(store_);
  StoreCheck check(confirmations_, by_day, clock_);
  for (const char* const held_under : {"2026-11-23", "2026-12-01"}) {
    TapAndPush(1);
    confirmations_.days[confirmations_.taps.size()] = "2026-12-01";
    by_day.days = {held_under};
    ASSERT_TRUE(check.Meet());
    for (int i = 0; i < 10; ++i) clock_.Advance(std::max(check.Step(), milliseconds(1)));
    EXPECT_EQ(check.offered_again(), 0u);
  }
}

TEST_F(StoreCheckTest, AStoreThatKeepsLosingWhatItConfirmsIsNotAskedAboutEverythingAllDay) {
  TapAndPush(100);
  Run(milliseconds(120'000));
  constexpr int kMinutes = 24 * 60;
  for (int minute = 0; minute < kMinutes; ++minute) {
    store_.taps.clear();
    Run(milliseconds(60'000));
  }
  EXPECT_GE(store_.epochs_drawn, 2);
  EXPECT_LE(store_.epochs_drawn, 24);
}

// Found by seed 25750: the one tap that could tell was on a sector that rotted.
TEST_F(StoreCheckTest, IfTheTapThatCouldTellCannotBeReadTheStoreIsAskedAboutAll) {
  TapAndPush(3);
  Run(milliseconds(120'000));
  store_.taps.clear();
  confirmations_.lacks_a_witness = true;
  Run(milliseconds(200'000));
  EXPECT_TRUE(HoldsAll());
}

TEST_F(StoreCheckTest, AStoreThatGoesBackTwiceWhileAllIsCheckedIsFoundOutAllTheSame) {
  TapAndPush(3'000);
  Run(milliseconds(120'000));
  store_.taps.clear();
  MeetAgain();
  for (int i = 0; i < 6; ++i) {
    Push();
    clock_.Advance(std::max(check_.Step(), milliseconds(1)));
  }
  ASSERT_FALSE(confirmations_.unchecked.empty());
  store_.taps.clear();
  MeetAgain();
  Run(milliseconds(600'000));
  EXPECT_TRUE(HoldsAll());
}

// Found by seed 39707 of the simulation.
TEST_F(StoreCheckTest, WhatWasHeldBeforeTheStoreWentBackIsAskedAboutAgainAfterARestartToo) {
  TapAndPush(10);
  Run(milliseconds(120'000));
  const auto step = [&] {
    clock_.Advance(milliseconds(50));
    check_.Step();
  };
  store_.taps.erase(confirmations_.taps.at(10).record.tap.ToString());
  MeetAgain();
  step();  // the last tap is lacking, so everything is doubted
  Push();
  step();               // everything is there, but this check is not over
  store_.taps.clear();  // an older copy is put back
  MeetAgain();
  TapAndPush(1);
  step();  // the newest tap is there
  StoreCheck after_the_start(confirmations_, store_, clock_);
  for (int i = 0; i < 400; ++i) {
    ASSERT_TRUE(after_the_start.Met() || after_the_start.Meet());
    Push();
    clock_.Advance(std::max(after_the_start.Step(), milliseconds(1)));
  }
  EXPECT_TRUE(HoldsAll());
}

// Any history of taps, checks, restarts, restores and moves: in the end the store holds every tap.
TEST_F(StoreCheckTest, WhateverHappensToTheStoreInTheEndItHoldsEveryTap) {
  for (uint64_t seed = 1; seed <= Rounds(2'000); ++seed) {
    SeededRandom random(seed);
    confirmations_ = FakeConfirmations();
    store_.taps.clear();
    store_.identity = {"store-1", "epoch-1"};
    // A copy of a store holds its identity too.
    using Copy = std::pair<StoreIdentity, std::map<std::string, Record>>;
    std::vector<Copy> backups = {{store_.identity, {}}};
    StoreCheckOptions options;
    options.batch = 1 + random.Below(40);
    std::optional<StoreCheck> check;
    const auto restart = [&] { check.emplace(confirmations_, store_, clock_, options); };
    restart();
    const auto run = [&](int steps) {
      for (int i = 0; i < steps; ++i) {
        ASSERT_TRUE(check->Met() || check->Meet());
        while (check->GoesFirst()) check->Step();
        Push();
        clock_.Advance(std::max(check->Step(), milliseconds(1)));
      }
    };
    for (int act = 0; act < 40; ++act) {
      switch (random.Below(9)) {
        case 0:
        case 1:
          for (uint64_t i = random.Below(9); i > 0; --i) confirmations_.Tap();
          break;
        case 2:
        case 3:
          run(static_cast<int>(random.Below(30)));
          break;
        case 4:
          backups.emplace_back(store_.identity, store_.taps);
          break;
        case 5:
          check->ExpectAnother();
          break;
        case 6: {
          // An epoch that comes back twice, with another content each time, nobody can notice.
          const Copy chosen = backups[random.Below(backups.size())];
          if (chosen.first != store_.identity) {
            std::erase_if(backups, [&](const Copy& each) { return each.first == chosen.first; });
            backups.push_back(chosen);
          }
          std::tie(store_.identity, store_.taps) = chosen;
        }
          check->ExpectAnother();  // nobody puts files back under a running server
          break;
        case 7:
          restart();  // the gate lost power; its journal did not
          break;
        default:
          if (random.Below(3) == 0) {
            store_.identity.id += "+";
            store_.taps.clear();
            backups.emplace_back(store_.identity, store_.taps);
            if (random.Below(2) == 0) check->ExpectAnother();
          }
      }
    }
    run(400);
    for (int i = 0; i < 12 && !HoldsAll(); ++i) run(400);
    ASSERT_TRUE(HoldsAll()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tamtap
