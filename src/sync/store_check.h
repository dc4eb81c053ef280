// StoreCheck: finds out whether the store that answers is still the one that confirmed taps, and
// whether it still holds them (law 7a). Otherwise a server that is restored from an older copy, or
// a server that a gate is moved to, would for ever lack taps that the gate calls confirmed.
//
// Two questions find every change:
//   - Which store is it? If its id or epoch is not the one that the journal remembers, the store is
//     asked about every confirmed tap.
//   - Does it still hold the taps that were confirmed since the last check, and the one tap that
//     was confirmed last before those? If the store went back to a moment before that one tap, the
//     tap is missing, and then the store is asked about every confirmed tap. If it went back to a
//     moment after it, only taps that it is asked about anyway can be missing.
// The second answer is right only as long as the store has a single history. It has two if an older
// copy is put back, and later another copy from before that time. Therefore a store that went back
// is told so, and draws a new epoch.
//
// The store is asked about taps by their ids, in small batches. Only the taps that it lacks are
// sent again, in the ordinary way. All calls come from the thread that syncs.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/sequence_set.h"
#include "sync/batch_size.h"
#include "sync/central_store.h"

namespace tamtap {

// What a journal knows about the confirmations in it.
class Confirmations {
 public:
  virtual ~Confirmations() = default;

  // Returns the store that gave the confirmations, or nothing if none was named yet.
  virtual std::optional<StoreIdentity> Store() = 0;
  // Names that store, durably. If it is not the one that was named before, or the first one, every
  // confirmed tap becomes unchecked: nobody knows which store gave an earlier confirmation.
  virtual Result<> SetStore(const StoreIdentity& identity) = 0;
  // Returns the first taps from that sequence number on that the store must be asked about,
  // ascending, at most `limit`; none if there are none.
  virtual Result<std::vector<journal::PendingTap>> ReadUnchecked(uint64_t from, size_t limit) = 0;
  // Whether a tap is left out there that could tell whether the store went back: its line can't be
  // read.
  virtual bool LacksAWitness() = 0;
  // The store was asked about these taps, and holds them.
  virtual void Checked(std::span<const uint64_t> sequences) = 0;
  // The store was asked about these taps, and lacks them. They become pending again. Returns how
  // many did.
  virtual uint64_t MakePending(std::span<const uint64_t> sequences) = 0;
  // Confirmed taps of that day and of later days become unchecked; an empty day means all taps.
  // Returns how many did.
  virtual Result<uint64_t> RecheckSince(std::string_view day) = 0;
  // Returns the days under which the tap may have been sent besides the day of its record, because
  // its clock was corrected.
  virtual std::vector<std::string> DaysAsSent(const journal::PendingTap& tap) = 0;
};

struct StoreCheckOptions {
  size_t batch = 500;  // most taps a call, on a link that bears it; at most kMostLookups
  std::chrono::milliseconds interval{60'000};  // between checks of what is new
  // Between the batches of one check, so that 1,000,000 taps are checked in a few minutes and a
  // gate or server does little else for it.
  std::chrono::milliseconds pause{50};
  // A store that keeps losing what it confirms is not asked about everything all the time: each
  // time that everything must be asked again, the wait before it doubles, between these two.
  std::chrono::milliseconds first_wait{60'000};
  std::chrono::milliseconds longest_wait{86'400'000};
};

class StoreCheck {
 public:
  StoreCheck(Confirmations& confirmations, CentralStore& store, Clock& clock,
             StoreCheckOptions options = {});

  // To be called when the store was away: it may be another one now, or an older copy.
  void ExpectAnother();
  bool Met() const { return met_; }
  // Asks the store which one it is, and tells the journal if that has changed. Nothing may be sent
  // before this has succeeded, because a confirmation would be taken for that of another store.
  // Errors are those of the store (kRetry, kDenied) or of the journal.
  Result<> Meet();

  // Whether a step should be made before anything is sent. Whatever is sent to a store that went
  // back begins a second history of that store; if a third began before the second was noticed,
  // some missing taps would not be found. It returns true for a few seconds at most, so that taps
  // never wait for a long check.
  bool GoesFirst() const;

  // Asks the store about one batch, if a check is due. Returns how long nothing needs to be done; 0
  // means that taps have become pending. Its failures are only logged, and it is tried again later:
  // a check never holds up new taps.
  std::chrono::milliseconds Step();

  // The id of the store that was met; empty: none was, or it can't say.
  const std::string& store() const { return store_id_; }
  // Whether the store was found to have lost what it held, since this was asked last. It may have
  // lost more than taps.
  bool TakeWentBack() { return std::exchange(went_back_, false); }
  // Called with the id of a store that went back before the journal learns that it did. Whoever has
  // to know it too would not hear of it again after a crash.
  void BeforeItIsNoted(std::function<void(const std::string&)> call) {
    before_it_is_noted_ = std::move(call);
  }

  // How many taps were sent again since the start because the store lacked them.
  uint64_t offered_again() const { return offered_again_; }

 private:
  struct Verdicts {
    std::vector<uint64_t> held;
    std::vector<uint64_t> lacking;
  };
  struct Found {
    std::chrono::milliseconds pause;  // until the next batch
    bool pending;                     // taps have become pending
  };
  Result<Found> CheckBatch();
  Result<Verdicts> Ask(const std::vector<journal::PendingTap>& taps);
  // Tells the store that it went back, if that is still to be done, so that all other gates ask
  // about their taps too.
  Result<> TellStore();
  enum class Doubt { kHasLostTaps, kNothingProved };
  // A tap that was confirmed is missing, or nothing tells that none is, so the store must be asked
  // about all taps. Returns how long to wait before that.
  Result<std::chrono::milliseconds> DoubtEverything(Doubt why);
  Result<Found> EndPass();

  Confirmations& confirmations_;
  CentralStore& store_;
  Clock& clock_;
  const StoreCheckOptions options_;
  bool met_ = false;
  std::optional<MonotonicTime> first_until_;  // until then, a check goes before anything is sent
  bool knows_identity_ = false;               // an older server can't say which store it is
  // A pass asks about each tap once. The journal learns what is held only at the end of a pass that
  // the store did not leave: what was held before it left need not be held now, and after a restart
  // nobody would remember that. In a pass that asks about everything, lacking taps are expected.
  bool in_pass_ = false;
  uint64_t cursor_ = 1;  // where the pass goes on
  bool doubts_everything_ = false;
  journal::SequenceSet held_;
  BatchSize batch_;           // of taps in one call
  bool was_away_ = false;     // in the middle of this pass
  MonotonicTime asked_at_{};  // when the last answer of this pass came
  std::string store_id_;
  bool went_back_ = false;
  std::function<void(const std::string&)> before_it_is_noted_ = [](const std::string&) {};
  bool must_tell_ = false;             // the store that it went back
  int failures_ = 0;                   // in a row
  MonotonicTime next_{};               // nothing is asked before
  std::chrono::milliseconds wait_{0};  // before everything is asked about the next time
  MonotonicTime doubted_at_{};         // when that was decided last
  uint64_t offered_again_ = 0;
};

}  // namespace tamtap
