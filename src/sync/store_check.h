// StoreCheck: finds out whether the store that confirmed taps is still the one that answers, and
// still holds them (law 7a). A server that is restored from an older copy, or a gate that is moved
// to another server, would otherwise lack taps for ever that the gate calls confirmed.
//
// Two questions find every change. Which store is it? Another id or epoch than the journal
// remembers makes every confirmed tap one to ask about. And does it still hold what was confirmed
// since the last check, and the one tap that was confirmed last before those? If the store went
// back to before that one tap, that tap is missing, and then everything is asked about; if it went
// back to a moment after it, only taps that are asked about anyway can be missing. That holds as
// long as the store's history is one line. It is not when a second copy is put back that was made
// before the first: so a store that went back is told so, and draws a new epoch.
//
// Taps are asked about by their ids, in small batches, and only those that the store lacks are sent
// again, by the ordinary way. Of the syncing thread.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/sequence_set.h"
#include "sync/central_store.h"

namespace tamtap {

// What a journal knows about the confirmations in it.
class Confirmations {
 public:
  virtual ~Confirmations() = default;

  // The store that the confirmations belong to; nothing: it was never said.
  virtual std::optional<StoreIdentity> Store() = 0;
  // Durable. If it is another than before, or the first to be named, every confirmed tap becomes
  // unchecked: what was confirmed before stores had names, nobody knows by which one.
  virtual Result<> SetStore(const StoreIdentity& identity) = 0;
  // The first `limit` taps from that sequence number on, ascending, that the store must be asked
  // about; empty: there are none.
  virtual Result<std::vector<journal::PendingTap>> ReadUnchecked(uint64_t from, size_t limit) = 0;
  // The store was asked and holds these.
  virtual void Checked(std::span<const uint64_t> sequences) = 0;
  // The store lacks these: they are pending again. Returns how many.
  virtual uint64_t MakePending(std::span<const uint64_t> sequences) = 0;
  // Confirmed taps of that day and later become unchecked; an empty day means all. Returns how
  // many.
  virtual Result<uint64_t> RecheckSince(std::string_view day) = 0;
  // The days, besides that of its record, under which the tap may have been sent: its clock was
  // corrected.
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

  // The store was away: it may be another one now, or an older copy.
  void ExpectAnother();
  bool Met() const { return met_; }
  // Asks the store which one it is, and tells the journal if that changed. Until this has worked,
  // nothing may be sent: a confirmation would be booked to the wrong store. An error is the store's
  // (kRetry, kDenied) or the journal's.
  Result<> Meet();

  // Whether a step should be made before anything is sent: with what is sent, a store that went
  // back begins a history of its own, and of a second such history before the first was noticed,
  // not everything would be found out. For a few seconds at most, so that nothing waits for a long
  // check.
  bool GoesFirst() const;

  // Asks about one batch, if a check is due. Returns how long nothing needs to be done; 0: taps
  // have become pending. Its failures are only logged, and tried again later: a check never stands
  // in the way of new taps.
  std::chrono::milliseconds Step();

  // Taps that were offered again since the start, because the store lacked them.
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
  void NoteHeld(std::span<const uint64_t> sequences);
  // Tells the store that it went back, if that is still to be done: then all other gates ask about
  // theirs too.
  Result<> TellStore();
  // Something that was confirmed is gone, so all must be asked about. Returns how long to wait
  // before that.
  Result<std::chrono::milliseconds> DoubtEverything();
  Result<Found> EndPass();

  Confirmations& confirmations_;
  CentralStore& store_;
  Clock& clock_;
  const StoreCheckOptions options_;
  bool met_ = false;
  std::optional<MonotonicTime> first_until_;  // until then, a check goes before anything is sent
  bool knows_identity_ = false;               // an older server can't say which store it is
  // A pass asks about each tap once. In one that asks about everything, what is lacking is no
  // surprise. In any other, the journal hears what is held when all was asked: before, the one tap
  // that was confirmed last before the unchecked ones might be forgotten without having been asked.
  bool in_pass_ = false;
  uint64_t cursor_ = 1;  // where the pass goes on
  bool doubts_everything_ = false;
  journal::SequenceSet held_;
  size_t batch_;                       // what the link has borne so far
  bool was_away_ = false;              // in the middle of this pass
  MonotonicTime asked_at_{};           // when the last answer of this pass came
  bool must_tell_ = false;             // the store that it went back
  int failures_ = 0;                   // in a row
  MonotonicTime next_{};               // nothing is asked before
  std::chrono::milliseconds wait_{0};  // before everything is asked about the next time
  MonotonicTime doubted_at_{};         // when that was decided last
  uint64_t offered_again_ = 0;
};

}  // namespace tamtap
