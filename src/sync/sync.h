// Sync: brings pending taps to the central store, and the school's facts back. It never stands in a
// tap's way: it reads the journal and writes outcomes to it.
//
// Step() does one bounded piece of work and says when to come again; it is all there is to it, so a
// test or a simulation can drive it by hand. A StepThread drives it in production.
//
// The journal is the truth (law 8): a wake only makes a step come sooner.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "journal/journal.h"
#include "roster/roster.h"
#include "sync/central_store.h"
#include "sync/clock_correction.h"
#include "sync/store_check.h"

namespace tamtap {

struct SyncOptions {
  size_t batch = 500;                            // most records a call, on a link that bears it
  std::chrono::milliseconds idle{10'000};        // a lost wake costs at most this
  std::chrono::milliseconds probe{800};          // how often an unreachable store is looked for
  std::chrono::milliseconds first_backoff{250};  // doubles with each failure in a row
  std::chrono::milliseconds longest_backoff{60'000};
  std::chrono::milliseconds school_interval{60'000};  // between pulls of the school's facts
  // Between pulls of who has tapped at other gates; also on each new contact and each new day.
  std::chrono::milliseconds arrivals_interval{600'000};
};

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
  // Saves a pulled school, unless what is saved is not `known` any more (kRetry).
  using SaveSchoolFunction = std::function<Result<>(const School& known, const School& pulled)>;

  Sync(journal::Journal& journal, CentralStore& store, RosterHolder& roster,
       SaveSchoolFunction save_school, Clock& clock, Random& random, SyncOptions options = {});

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
    shown_ = &shown;
    zone_ = &zone;
  }

  // The local roster was changed by a person: its people are offered to the store again, soon.
  // Thread-safe.
  void RosterChanged() { roster_changed_ = true; }

  // The store's side says that the school's facts changed: they are pulled at the next step.
  // Thread-safe.
  void SchoolChanged() { school_changed_ = true; }

  // The store was heard of: an unreachable one is looked for at the next step, not at the next
  // probe. Thread-safe; the thread that steps must be woken besides.
  void StoreAnswers() { store_answers_ = true; }

 private:
  std::chrono::milliseconds Push();
  // Whether it is known which store this is; if not, nothing may be sent.
  bool KnowsStore();
  // Whether the store answers; if not, when it is looked for again is set.
  bool Probe();
  // Sends the taps; the journal learns each one's outcome. False: the call failed as a whole.
  bool Send(std::vector<journal::PendingTap> taps);
  // Takes out the taps that must wait for a right time. False: nothing may be sent now.
  bool CorrectClocks(std::vector<journal::PendingTap>& taps);
  struct Confirmed {  // sequence numbers
    std::vector<uint64_t> taken;
    std::vector<uint64_t> found_there;
  };
  void TakeOutcome(const journal::PendingTap& tap, const Outcome& outcome, Confirmed& confirmed);
  void ExchangeSchool();
  void PullArrivals();
  // The store's time, if its last answer told it, is the correction's to use.
  void LearnTime();
  void Failed(const Error& error);
  void Reached();
  // The store did some work: if it was away, that is over.
  void Worked();
  // Waits at least that long, and longer where the store asked for it.
  void WaitFor(std::chrono::milliseconds duration);
  void AdaptBatch(bool sent, std::chrono::microseconds took);
  std::chrono::milliseconds Jittered(std::chrono::milliseconds duration);
  std::chrono::milliseconds Backoff();

  journal::Journal& journal_;
  CentralStore& store_;
  RosterHolder& roster_;
  const SaveSchoolFunction save_school_;
  Clock& clock_;
  Random& random_;
  const SyncOptions options_;
  ClockCorrection* correction_ = nullptr;  // none: taps are sent as they are
  StoreCheck* check_ = nullptr;            // none: what is confirmed stays so

  // Of the stepping thread.
  bool reachable_ = true;
  bool denied_ = false;
  int failures_ = 0;      // in a row
  bool probing_ = false;  // `not_before_` is the next probe, which news of the store may hasten
  size_t batch_;          // what the link has borne so far
  MonotonicTime not_before_{};
  MonotonicTime next_school_{};
  Clock* shown_ = nullptr;  // null: other gates' taps are not asked for
  const TimeZone* zone_ = nullptr;
  MonotonicTime next_arrivals_{};
  std::string arrivals_day_;  // of the last pull, and whether the clock was known to be right
  bool arrivals_right_ = false;
  std::string school_version_;
  uint64_t cursor_ = 1;         // where the backlog goes on
  uint64_t backlog_end_ = 0;    // taps after this are new while the backlog drains: they go first
  bool retry_later_ = false;    // some records of this pass want another try
  std::set<std::string> said_;  // what was said of the outage that is not over

  std::atomic<bool> roster_changed_{true};
  std::atomic<bool> school_changed_{false};
  std::atomic<bool> store_answers_{false};
  Mutex mutex_;
  SyncStatus status_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
