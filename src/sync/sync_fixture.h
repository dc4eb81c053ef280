// For tests of the sync: a gate's journal on a simulated disk, its copy of the school, and a store
// that fails on command. Steps are made by hand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "journal/test_journal.h"
#include "school/copy.h"
#include "sync/fake_store.h"
#include "sync/sync.h"

namespace tamtap {

using journal::ExampleCard;
using std::chrono::milliseconds;

inline constexpr const char* kCopy = "/roster.json";

class SyncTest : public journal::JournalTest {
 protected:
  void Tap(uint64_t first, uint64_t last) { Append(*journal_, first, last); }

  // Steps until there is nothing to do for a while; the fake clock never moves.
  milliseconds Settle() {
    for (int i = 0; i < 10'000; ++i) {
      const milliseconds pause = sync_.Step();
      if (pause > milliseconds(0)) return pause;
    }
    ADD_FAILURE() << "it never settles";
    return milliseconds(0);
  }

  uint64_t Pending() { return journal_->Status().pending; }

  std::unique_ptr<journal::Journal> journal_ = Open();
  FakeStore store_;
  SchoolCopy school_{disk_, clock_, kCopy, SchoolCopy::Former::kKeep};
  RosterHolder& roster_ = school_.roster();
  const SchoolZone zone_{*TimeZone::Load("Asia/Manila")};
  Sync sync_{*journal_, store_, school_, clock_, random_};
};

inline const Error kAway{ErrorCode::kRetry, "connect to the store", 111, ""};

}  // namespace tamtap
