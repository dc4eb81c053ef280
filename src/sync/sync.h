// Sync: brings pending taps to the central store, and the school's facts back. It never stands in a
// tap's way: it reads the journal and writes outcomes to it.
//
// Step() does one bounded piece of work and says when to come again; it is all there is to it, so a
// test or a simulation can drive it by hand. A StepThread drives it in production.
//
// The journal is the truth (law 8): a wake only makes a step come sooner.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "journal/journal.h"
#include "roster/roster.h"
#include "sync/central_store.h"
#include "sync/clock_correction.h"
#include "sync/contact.h"
#include "sync/other_gates.h"
#include "sync/school_exchange.h"
#include "sync/store_check.h"
#include "sync/sync_options.h"

namespace tamtap {

// In words for people; thread-safe to read at any time.
struct SyncStatus {
  bool connected = false;
  std::string last_error;                          // empty: the last contact was fine
  std::array<uint64_t, kOutcomeKinds> outcomes{};  // since start, by OutcomeKind
  std::chrono::microseconds round_trip{0};         // of the last batch that was answered
  uint64_t offered_again = 0;  // since start: confirmed taps that the store turned out to lack
};

class Sync {
 public:
  Sync(journal::Journal& journal, CentralStore& store, RosterHolder& roster,
       SchoolExchange::SaveFunction save_school, Clock& clock, Random& random,
       SyncOptions options = {});

  // At most a few calls of the store. Returns how long nothing needs to be done, unless new taps
  // come; 0: there is more. One thread only.
  std::chrono::milliseconds Step();

  SyncStatus Status() EXCLUDES(mutex_);

  // Taps under a wrong clock are sent with the right time (law 14). Set before the first step.
  void CorrectWith(ClockCorrection* correction) { correction_ = correction; }

  // Whether the store is still the one that confirmed what is confirmed, and still holds it, is
  // checked before anything is sent, and from time to time. Set before the first step.
  void CheckStoreBy(StoreCheck* check) { check_ = check; }

  // Who has tapped today at any gate is pulled into the journal's duplicate check; `shown` is the
  // clock that taps are taken by. Set before the first step.
  void PullArrivalsBy(Clock& shown, const TimeZone& zone) {
    other_gates_.emplace(journal_, store_, shown, zone, options_);
  }

  // The local roster was changed by a person: its people are offered to the store again, soon.
  // Thread-safe.
  void RosterChanged() { school_.RosterChanged(); }

  // The store's side says that the school's facts changed: they are pulled at the next step.
  // Thread-safe.
  void SchoolChanged() { school_.SchoolChanged(); }

  // The store was heard of: an unreachable one is looked for at the next step, not at the next
  // probe. Thread-safe; the thread that steps must be woken besides.
  void StoreAnswers() { contact_.Heard(); }

 private:
  // A pass over the pending taps, from the oldest to the newest, in batches. While a backlog drains
  // from its old end, what is tapped now goes ahead of it.
  struct Pass {
    uint64_t cursor = 1;      // where it goes on
    uint64_t fresh_from = 0;  // taps after this go ahead; 0: there is no backlog
    bool put_off = false;     // some of its taps want another try
  };

  // The next thing to be done with the store as the contact stands. Nothing if that has changed;
  // else how long to wait.
  std::optional<std::chrono::milliseconds> Act();
  void LookForStore();
  void MeetStore();
  std::optional<std::chrono::milliseconds> Work();

  // Sends one batch, or two. Returns how long nothing needs to be sent; 0: there is more.
  std::chrono::milliseconds Push();
  std::chrono::milliseconds EndPass();
  // Sends the taps; the journal learns each one's outcome. False: the call failed as a whole.
  bool Send(std::vector<journal::PendingTap> taps);
  bool Probe();
  // Takes out the taps that must wait for a right time. False: nothing may be sent now.
  bool CorrectClocks(std::vector<journal::PendingTap>& taps);
  // The store's time, if its last answer told it, is the correction's to use.
  void LearnTime();
  struct Confirmed {  // sequence numbers
    std::vector<uint64_t> taken;
    std::vector<uint64_t> found_there;
  };
  void TakeOutcome(const journal::PendingTap& tap, const Outcome& outcome, Confirmed& confirmed)
      EXCLUDES(mutex_);
  void AdaptBatch(bool sent, std::chrono::microseconds took);

  // A step of the check of what is confirmed. Returns how long it has nothing to do; 0: taps have
  // become pending.
  std::chrono::milliseconds CheckStore() EXCLUDES(mutex_);

  journal::Journal& journal_;
  CentralStore& store_;
  Clock& clock_;
  const SyncOptions options_;
  ClockCorrection* correction_ = nullptr;  // none: taps are sent as they are
  StoreCheck* check_ = nullptr;            // none: what is confirmed stays so

  // Of the stepping thread.
  Contact contact_;
  SchoolExchange school_;
  std::optional<OtherGates> other_gates_;  // none: other gates' taps are not asked for
  Pass pass_;
  size_t batch_;  // what the link has borne so far

  Mutex mutex_;
  SyncStatus status_ GUARDED_BY(mutex_);  // but for what the contact knows
};

}  // namespace tamtap
