#include "sync/sync.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "base/log.h"
#include "base/step_thread.h"
#include "sync/journal_confirmations.h"
#include "sync/sync_fixture.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;

TEST_F(SyncTest, PendingTapsAreStoredAndConfirmed) {
  Tap(1, 3);
  EXPECT_EQ(Settle(), milliseconds(10'000));
  EXPECT_EQ(store_.taps.size(), 3u);
  EXPECT_EQ(Pending(), 0u);
  EXPECT_TRUE(sync_.Status().connected);
}

TEST_F(SyncTest, WithNothingToDoItSleepsAndLeavesTheStoreAlone) {
  Settle();
  const int calls = store_.calls + store_.pings;
  EXPECT_EQ(sync_.Step(), milliseconds(10'000));
  EXPECT_EQ(store_.calls + store_.pings, calls);
}

TEST_F(SyncTest, AStoreThatIsAwayIsProbedEverySecondAndTheBacklogDrainsWhenItAnswers) {
  store_.fail = kAway;
  Tap(1, 1200);
  milliseconds pause = Settle();
  EXPECT_LE(pause, milliseconds(400));
  for (int i = 0; i < 1000; ++i) {
    clock_.Advance(pause);
    pause = Settle();
    ASSERT_LE(pause, milliseconds(1'250));
  }
  EXPECT_EQ(Pending(), 1200u);
  EXPECT_FALSE(sync_.Status().connected);
  EXPECT_EQ(store_.calls, 1);  // the rest were probes
  store_.fail.reset();
  clock_.Advance(pause);
  Settle();
  EXPECT_EQ(Pending(), 0u);
  EXPECT_EQ(store_.taps.size(), 1200u);
  EXPECT_EQ(sync_.Status().last_error, "");
}

TEST_F(SyncTest, AStoreThatIsAwayIsSaidOnceAndAgainWhenSomethingElseIsWrong) {
  static std::vector<std::string> said;
  said.clear();
  SendLogTo([](LogLevel, std::string_view message) { said.emplace_back(message); });
  const auto look = [&](const std::string& what) {
    store_.fail = Error{ErrorCode::kRetry, what, 0, ""};
    clock_.Advance(std::chrono::seconds(90));
    Settle();
  };
  Tap(1, 1);
  for (int i = 0; i < 100; ++i) {
    look(fmt::format("read {} bytes", 1'000'000 + i));
    look("look up the address");
  }
  EXPECT_EQ(said.size(), 2u) << "not once a try, and numbers make no new trouble";
  look("answered 502");
  look("answered 503");
  EXPECT_EQ(said.size(), 4u);
  store_.fail.reset();
  clock_.Advance(std::chrono::seconds(90));
  Settle();
  EXPECT_THAT(said.back(), ::testing::HasSubstr("answers again"));
  look("answered 503");
  EXPECT_EQ(said.size(), 6u) << "another outage";
  SendLogTo(nullptr);
}

TEST_F(SyncTest, ALostReplyIsSentAgainAndStoredOnce) {
  Tap(1, 5);
  store_.lose_reply = kAway;
  clock_.Advance(Settle());
  Settle();
  EXPECT_EQ(store_.taps.size(), 5u);
  EXPECT_EQ(Pending(), 0u);
  EXPECT_EQ(sync_.Status().outcomes[static_cast<size_t>(OutcomeKind::kAlreadyStored)], 5u);
}

TEST_F(SyncTest, AStepThatFindsNoMemoryLosesNothingAndTheNextGoesOn) {
  Tap(1, 20);
  for (const int at : {1, 7, 20}) {  // in the middle of a batch that the store has taken in part
    int left = at;
    store_.decide = [&](const Record&) {
      if (--left == 0) throw std::bad_alloc();
      return Outcome{OutcomeKind::kStored, {}};
    };
    EXPECT_THROW(Settle(), std::bad_alloc);
    EXPECT_EQ(Pending(), 20u);
  }
  store_.decide = nullptr;
  Settle();
  EXPECT_EQ(Pending(), 0u);
  EXPECT_EQ(store_.taps.size(), 20u);
}

TEST_F(SyncTest, ABadRecordIsQuarantinedAndItsNeighboursAreConfirmed) {
  Tap(1, 100);
  store_.decide = [](const Record& record) {
    const bool bad = record.card.text() == ExampleCard(50);
    return bad ? Outcome{OutcomeKind::kRejected, "forbidden field"}
               : Outcome{OutcomeKind::kStored, {}};
  };
  Settle();
  const journal::JournalStatus status = journal_->Status();
  EXPECT_EQ(status.confirmed, 99u);
  EXPECT_EQ(status.quarantined, 1u);
  EXPECT_EQ(status.pending, 0u);
}

TEST_F(SyncTest, OneThatMustBeRetriedDoesNotHoldUpTheOthers) {
  Tap(1, 10);
  bool busy = true;
  store_.decide = [&](const Record& record) {
    const bool this_one = busy && record.card.text() == ExampleCard(1);
    return this_one ? Outcome{OutcomeKind::kRetry, "busy"} : Outcome{OutcomeKind::kStored, {}};
  };
  milliseconds pause = Settle();
  EXPECT_EQ(Pending(), 1u);
  EXPECT_LT(pause, milliseconds(10'000));
  EXPECT_EQ(sync_.Status().last_error, "busy");
  busy = false;
  clock_.Advance(pause);
  Settle();
  EXPECT_EQ(Pending(), 0u);
}

TEST_F(SyncTest, BackOffGrowsToItsLimitWhenTheStoreAnswersButDoesNotStore) {
  Tap(1, 1);
  store_.decide = [](const Record&) { return Outcome{OutcomeKind::kRetry, "overloaded"}; };
  milliseconds longest{0};
  for (int i = 0; i < 20; ++i) {
    const milliseconds pause = Settle();
    longest = std::max(longest, pause);
    clock_.Advance(pause);
  }
  EXPECT_GE(longest, milliseconds(30'000));
  EXPECT_LE(longest, milliseconds(75'000));
}

TEST_F(SyncTest, DeniedPausesAndSaysSoAndNothingIsLost) {
  Tap(1, 3);
  store_.fail = Error{ErrorCode::kDenied, "store records", 0, "enroll this terminal"};
  EXPECT_GE(Settle(), milliseconds(30'000));
  EXPECT_EQ(Pending(), 3u);
  EXPECT_THAT(sync_.Status().last_error, ::testing::HasSubstr("enroll"));
}

TEST_F(SyncTest, NewTapsGoAheadOfABacklog) {
  Tap(1, 3000);
  EXPECT_EQ(sync_.Step(), milliseconds(0));  // the first batch of the backlog
  const size_t first_batch = store_.order.size();
  Tap(3001, 3001);
  EXPECT_EQ(sync_.Step(), milliseconds(0));
  // What was tapped last before the backlog began to drain goes with it.
  const auto fresh = std::find(store_.order.begin(), store_.order.end(), ExampleCard(3001));
  ASSERT_NE(fresh, store_.order.end());
  EXPECT_EQ(store_.order[first_batch], ExampleCard(3000 - first_batch + 1));
  EXPECT_EQ(fresh - store_.order.begin(), static_cast<ptrdiff_t>(2 * first_batch));
  Settle();
  EXPECT_EQ(store_.taps.size(), 3001u);
  EXPECT_EQ(store_.order.size(), 3001u);
}

TEST_F(SyncTest, AStoreThatIsHeardOfIsLookedForAtOnce) {
  store_.fail = kAway;
  Tap(1, 3);
  clock_.Advance(Settle());  // the call failed; from now on it is probed
  EXPECT_GT(Settle(), milliseconds(500));
  store_.fail.reset();
  const int pings = store_.pings;
  sync_.StoreAnswers();
  Settle();
  EXPECT_EQ(store_.pings, pings + 1);
  EXPECT_EQ(Pending(), 0u);
}

TEST_F(SyncTest, AStoreThatIsHeardOfButDoesNotStoreIsBackedOffFromAllTheSame) {
  store_.bears = 0;
  Tap(1, 1);
  Settle();
  const int calls = store_.calls;
  for (int i = 0; i < 100; ++i) {
    sync_.StoreAnswers();
    EXPECT_GT(Settle(), milliseconds(100));
  }
  EXPECT_EQ(store_.calls, calls);
}

TEST_F(SyncTest, AStoreThatAsksForPatienceIsLeftAloneForThatLong) {
  store_.fail = Error{ErrorCode::kRetry, "send taps: HTTP status 429", 0, "Retry-After: 120"};
  store_.asked_to_wait = milliseconds(120'000);
  Tap(1, 3);
  const milliseconds pause = Settle();
  EXPECT_GE(pause, milliseconds(120'000));
  EXPECT_LE(pause, milliseconds(140'000));
  clock_.Advance(milliseconds(119'999));
  sync_.StoreAnswers();
  Settle();
  EXPECT_EQ(store_.calls + store_.pings, 1) << "neither a tap nor a probe before that";
  clock_.Advance(milliseconds(20'000));
  EXPECT_GE(Settle(), milliseconds(119'000)) << "a probe that is told the same waits again";
  store_.fail.reset();
  store_.asked_to_wait = milliseconds(0);
  clock_.Advance(milliseconds(140'000));
  Settle();
  EXPECT_EQ(Pending(), 0u);
}

TEST_F(SyncTest, AStoreThatSaysWhenToComeAgainIsNotBackedOffFromBesides) {
  store_.bears = 0;
  store_.asked_to_wait = milliseconds(2'000);
  Tap(1, 1);
  for (int i = 0; i < 50; ++i) {
    const milliseconds pause = Settle();
    EXPECT_LE(pause, milliseconds(2'500));
    clock_.Advance(pause);
  }
  EXPECT_EQ(Pending(), 1u);
}

TEST_F(SyncTest, NobodyIsPatientForAYear) {
  store_.fail = kAway;
  store_.asked_to_wait = std::chrono::hours(24 * 365);
  Tap(1, 1);
  EXPECT_LE(Settle(), std::chrono::hours(2));
}

TEST_F(SyncTest, ALinkThatBearsFewRecordsAtATimeStillDrainsTheBacklog) {
  store_.bears = 5;
  Tap(1, 200);
  milliseconds waited{0};
  for (int i = 0; i < 1000 && Pending() > 0; ++i) {
    const milliseconds pause = Settle();
    clock_.Advance(pause);
    waited += pause;
  }
  EXPECT_EQ(Pending(), 0u);
  EXPECT_EQ(store_.taps.size(), 200u);
  EXPECT_LT(waited, milliseconds(120'000));
}

TEST_F(SyncTest, ALinkThatBearsManyGetsManyAtATime) {
  Tap(1, 4000);
  Settle();
  EXPECT_EQ(Pending(), 0u);
  // What one read of the journal brings, which here is a small segment.
  EXPECT_LE(store_.calls, 40);
  EXPECT_GT(*std::max_element(store_.sizes.begin(), store_.sizes.end()), 100u);
}

TEST(SyncOnAThreadTest, AWakeBringsATapToTheStoreAtOnceAndAStopIsPrompt) {
  sim::SimulatedDisk disk;
  journal::JournalOptions options;
  options.directory = "/journal";
  options.terminal = "gate-1";
  options.segment_bytes = 64 << 10;
  const auto journal = journal::Journal::Open(options, disk, SystemClock(), SystemRandom());
  ASSERT_TRUE(journal);
  FakeStore store;
  SchoolCopy school(disk, SystemClock(), kCopy, SchoolCopy::Former::kKeep);
  Sync sync(**journal, store, school, SystemClock(), SystemRandom());
  StepThread thread("the sync", [&sync] { return sync.Step(); });
  (*journal)->OnPending([&] { thread.Wake(); });
  Record record = ExampleRecord(1);
  ASSERT_TRUE((*journal)->Append(record));
  for (int i = 0; i < 500 && (*journal)->Status().pending > 0; ++i) {
    SystemClock().SleepFor(milliseconds(10));
  }
  EXPECT_EQ((*journal)->Status().pending, 0u);  // within 5 s, far below the 10 s fallback
  EXPECT_TRUE(thread.StopWithin(milliseconds(5'000)));
}

// Found by seed 100563.
TEST_F(SyncTest, AStoreWhoseNameCouldNotBeWrittenDownIsMetAgainBeforeAnythingElseIsSent) {
  JournalConfirmations confirmations(*journal_, zone_);
  StoreCheck check(confirmations, store_, clock_);
  sync_.CheckStoreBy(&check);
  const auto live = [&](milliseconds duration) {
    for (const MonotonicTime end = clock_.MonotonicNow() + duration; clock_.MonotonicNow() < end;) {
      clock_.Advance(std::max(sync_.Step(), milliseconds(1)));
    }
  };
  Tap(1, 3);
  live(milliseconds(300'000));
  ASSERT_EQ(store_.taps.size(), 3u);
  ASSERT_EQ(journal_->GetBacklog().unchecked, 0u);
  // Another store takes its place between two calls, while the disk fails.
  store_.identity = {"store-2", "epoch-1"};
  store_.taps.clear();
  store_.decide = [&](const Record&) {
    EXPECT_EQ(journal_->Store(), store_.identity) << "a confirmation would be of the other store";
    return Outcome{OutcomeKind::kStored, {}};
  };
  FailFlushes(1'000'000);
  live(milliseconds(300'000));
  ASSERT_EQ(journal_->Store()->id, "store-1");
  disk_.SetFaults(nullptr);
  Tap(4, 4);
  live(milliseconds(600'000));
  EXPECT_EQ(journal_->Store(), store_.identity);
  EXPECT_EQ(store_.taps.size(), 4u);
  EXPECT_EQ(Pending(), 0u);
}

TEST_F(SyncTest, TheStoresTimeIsLearntAtTheFirstContactBeforeAnybodyTaps) {
  clock_.SetSynchronised(false);
  clock_.SetWall(WallTime(std::chrono::seconds(0)));
  CorrectedClock corrected(clock_, *journal_, zone_);
  ClockCorrection correction(*journal_, roster_, zone_, clock_, corrected);
  sync_.CorrectWith(&correction);
  sync_.PullArrivalsBy(corrected, zone_);
  const WallTime morning{std::chrono::microseconds(kExampleMorningUs)};
  store_.time_told = ToldTime{morning, clock_.MonotonicNow()};
  Settle();
  EXPECT_EQ(corrected.Now(), morning);
  EXPECT_TRUE(corrected.Synchronised());
}

}  // namespace
}  // namespace tamtap
