// Sync: brings pending taps to the central store, and the school's facts from the store to the
// gate. It never holds up a tap: it reads the journal and writes outcomes to it.
//
// Step() does one bounded piece of work and says when it should be called again. Nothing else makes
// the sync do anything, so a test or a simulation can drive it by hand. A StepThread drives it in
// production.
//
// What Step() does follows from one state, which is the state of the contact with the store
// (contact.h): look for a store that is away, meet one that answers again, or work with it.
//
// The journal is the truth about what must be sent (law 8); a wake only makes a step come sooner.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "journal/journal.h"
#include "roster/roster_holder.h"
#include "school/copy.h"
#include "sync/batch_size.h"
#include "sync/central_store.h"
#include "sync/clock_correction.h"
#include "sync/contact.h"
#include "sync/other_gates.h"
#include "sync/refusal_uplink.h"
#include "sync/school_exchange.h"
#include "sync/store_check.h"
#include "sync/sync_options.h"

namespace tamtap {

// What the sync reports of itself.
struct SyncStatus {
  bool connected = false;
  std::string last_error;                          // for people; empty: the last contact was fine
  std::array<uint64_t, kOutcomeKinds> outcomes{};  // since start, by OutcomeKind
  std::chrono::microseconds round_trip{0};         // of the last batch that was answered
  uint64_t offered_again = 0;  // since start: confirmed taps that the store turned out to lack
};

class Sync {
 public:
  Sync(journal::Journal& journal, CentralStore& store, SchoolCopy& school, Clock& clock,
       Random& random, SyncOptions options = {});

  // Makes at most a few calls of the store. Returns how long nothing needs to be done as long as no
  // new taps come; 0 means that there is more to do. All calls come from one thread.
  std::chrono::milliseconds Step();

  SyncStatus Status() EXCLUDES(mutex_);  // thread-safe

  // Taps under a wrong clock are sent with the right time (law 14). Call it before the first step.
  void CorrectWith(ClockCorrection* correction) { correction_ = correction; }

  // Whether the store is still the one that confirmed what is confirmed, and still holds it, is
  // checked before anything is sent, and from time to time. Call it before the first step.
  void CheckStoreBy(StoreCheck* check) {
    check_ = check;
    check->BeforeItIsNoted([this](const std::string& store) { school_.WentBack(store); });
  }

  // Who has tapped today at any gate is pulled into the journal's duplicate check. `shown` is the
  // clock by which taps are dated. Call it before the first step.
  void PullArrivalsBy(Clock& shown, const SchoolZone& zone) {
    other_gates_.emplace(journal_, store_, roster_, shown, zone, options_);
  }

  // Something was said of the school here, or the server has said that it changed: the outbox is
  // handed over and the school is pulled at the next step. Thread-safe.
  void SchoolChanged() { school_.Changed(); }

  // Somebody has heard of the store: if it is away, it is looked for at the next step and not only
  // after the usual wait. Thread-safe. The caller must also wake the thread that steps.
  void StoreAnswers() { contact_.Heard(); }

 private:
  // One walk over all pending taps, from the oldest to the newest, in batches. While a backlog is
  // sent from its old end, the taps that are made now go ahead of it.
  struct Pass {
    uint64_t cursor = 1;      // the number from which it goes on
    uint64_t fresh_from = 0;  // taps with a higher number go ahead; 0: there is no backlog
    bool put_off = false;     // some of its taps must be tried again
  };

  // Does the next thing that the state of the contact asks for. Returns how long to wait, or
  // nothing if the state may have changed, so that it must be called again.
  std::optional<std::chrono::milliseconds> Act();
  void LookForStore();
  // Whether the store has said which one it is: until then, nothing is sent to it. If it has not,
  // it is asked, and a check that must go first is made.
  bool KnowsStore();
  void TellSchoolOfStore();
  // Whether taps can be sent, as far as the school is concerned. If not, the next part of it has
  // been asked for.
  bool KnowsPeople();
  // Pending taps go first, then the rest.
  std::optional<std::chrono::milliseconds> Work();
  std::optional<std::chrono::milliseconds> DoTheRest();
  // After a failure of the rest: is the store away?
  std::optional<std::chrono::milliseconds> LookWhy(const Error& error);
  void SayOfTheRest(std::string trouble) EXCLUDES(mutex_);  // empty: there is none

  // Sends one batch of old taps, and one of fresh taps before it. Returns how long nothing needs to
  // be sent; 0 means that there is more.
  std::chrono::milliseconds Push();
  std::chrono::milliseconds EndPass();
  // Sends the taps and writes each one's outcome to the journal. Returns false if nothing was sent,
  // or if the call failed as a whole; the contact then says how long to wait.
  bool Send(std::vector<journal::PendingTap> taps);
  bool Probe();  // asks the store whether it answers
  // Removes the taps of people of whom something was said here that the store does not know yet: it
  // would refuse a tap of somebody who was registered here a moment ago, for good.
  void HoldBack(std::vector<journal::PendingTap>& taps);
  // Corrects the taps, and removes those that must wait for a right time. Returns false if nothing
  // may be sent now.
  bool CorrectClocks(std::vector<journal::PendingTap>& taps);
  // Gives the correction the store's time, if the store's last answer told it.
  void LearnTime();
  struct Confirmed {  // sequence numbers
    std::vector<uint64_t> taken;
    std::vector<uint64_t> found_there;
  };
  void TakeOutcome(const journal::PendingTap& tap, const Outcome& outcome, Confirmed& confirmed)
      EXCLUDES(mutex_);
  // Whether a tap that was refused is offered once more before it is quarantined.
  bool IsAskedAgain(const journal::PendingTap& tap);

  // Makes one step of the check of what is confirmed. Returns how long the check has nothing to do;
  // 0 means that taps have become pending.
  std::chrono::milliseconds CheckStore() EXCLUDES(mutex_);

  journal::Journal& journal_;
  CentralStore& store_;
  RosterHolder& roster_;
  Clock& clock_;
  const SyncOptions options_;
  ClockCorrection* correction_ = nullptr;  // null: taps are sent as they are
  StoreCheck* check_ = nullptr;            // null: confirmed taps are never asked about

  // Only the thread that steps uses these.
  Contact contact_;
  SchoolExchange school_;
  RefusalUplink refusals_;
  std::optional<OtherGates> other_gates_;  // missing: other gates' taps are not asked for
  Pass pass_;
  std::set<uint64_t> refused_once_;  // sequence numbers: what is offered once more
  bool words_awaited_ = false;       // taps were held back until the store knows what was said here
  BatchSize batch_;                  // of records in one call

  Mutex mutex_;
  SyncStatus status_ GUARDED_BY(mutex_);               // without what the contact knows
  std::string status_of_the_rest_ GUARDED_BY(mutex_);  // what fails at a store that takes taps
};

}  // namespace tamtap
