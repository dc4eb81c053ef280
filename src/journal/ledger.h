// Ledger: what the lines of a journal amount to. The log (log.h) keeps bytes and knows nothing of
// their meaning; the ledger knows the meaning and nothing of disks.
//
// There is one way to change it: Apply(line). A tap that is taken now, an outcome that comes from
// the store, and a line that a start reads back all go through it, so a journal that was closed and
// opened again is what it was. Two rules make that safe:
//   - A line that is applied twice says the same as once.
//   - Lines that were already in a checkpoint may be applied to it again, in their order.
//
// The states of a tap, and the lines that move it from one to another. A line that has no row for
// the present state changes nothing. "found there" works as "confirmed" does.
//
//   from               by line        to
//   -----------------  -------------  ----------------------
//   nothing            tap            pending
//   nothing            confirmed      confirmed
//   pending            confirmed      confirmed, unchecked
//   pending            quarantined    quarantined
//   pending, nothing   void           void
//   pending, nothing   lost           lost
//   quarantined        confirmed      confirmed, unchecked
//   quarantined        requeued       pending
//   lost               confirmed      confirmed, unchecked
//   lost               requeued       pending
//   confirmed          lacking        pending
//   confirmed          unchecked      confirmed, unchecked
//   unchecked          checked        confirmed
//
// A void tap never was: its write failed, so nobody was told SUCCESS, though its line may be on the
// disk. A lost tap was pending, and its line can't be read any more.
//
// "Confirmed" is what a store has said once, and a store may be put back from an older copy. So
// each confirmed tap is unchecked until the store was asked about it once more, some time later.
// From then on a few taps tell whether the store went back, its witnesses: an older copy lacks at
// least one of them. A store takes taps in an order, so the one that it has taken last stands for
// all that it took before. What it had already when it was sent ("found there": an earlier answer
// was lost) has no known place in that order, and is a witness itself.
//
// Not thread-safe. No method fails: a line that can't be understood never gets here (ParseLine).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/checkpoint.h"
#include "journal/duplicate_index.h"
#include "journal/line.h"
#include "journal/sequence_set.h"

namespace tamtap::journal {

// How many corrected boots are remembered. A boot that still has taps to send is among the last 64.
inline constexpr size_t kClocksKept = 64;
// How many witnesses of one kind are remembered. It is the size of one batch, all of whose taps are
// found there after a reply was lost. More would be too many to ask about each minute.
inline constexpr size_t kWitnessesKept = 500;
// No tap can be older, because this software did not exist before.
inline constexpr std::string_view kFirstPossibleDay = "2026-01-01";

enum class TapState { kUnknown, kPending, kConfirmed, kQuarantined, kVoid, kLost };
std::string_view ToString(TapState state);

class Ledger {
 public:
  Ledger() = default;
  explicit Ledger(const Checkpoint& checkpoint);
  // Everything but the duplicate index. `number` and `covers` are explained at Checkpoint.
  Checkpoint ToCheckpoint(std::string_view journal, uint64_t number, uint64_t covers) const;

  void Apply(const Line& line);
  // To be called when all lines since the checkpoint were applied. A power cut may have taken the
  // line that confirmed a tap, although a checkpoint that was written later names that tap as a
  // witness. The order of such confirmations is then not known, so the store is asked about those
  // taps once more.
  void EndReplay();

  // Limits the duplicate index to taps of these days. Before the first call it takes every day.
  void IndexDuplicatesOf(std::vector<DayRange> days) { indexed_days_ = std::move(days); }
  // See Journal::NoteTapped.
  void NoteTapped(std::string_view day, std::string_view person, const KnownTap& tap) {
    duplicates_.Insert(day, person, tap);
  }
  // For a journal whose first lines are gone: all taps up to `last_left` have left it (only
  // confirmed taps can), and the numbers up to `last_given` were given to taps.
  void Settle(uint64_t last_left, uint64_t last_given);

  TapState StateOf(uint64_t sequence) const;
  // The taps of a range that are confirmed, whether checked or not.
  SequenceSet ConfirmedIn(SequenceRange range) const;
  // The numbers up to last_sequence() of which no line was seen.
  SequenceSet Missing() const;

  const std::string& generation() const { return generation_; }
  // Whether the tap of that generation and number was given away here, and is void: nobody was ever
  // told that it was taken. It knows the generations whose first line it was given, so all of them
  // only if the whole journal was read.
  bool IsVoid(const TapId& tap) const;
  uint64_t last_sequence() const { return last_sequence_; }
  uint64_t records() const { return records_; }  // how many taps there ever were
  uint64_t confirmed() const;                    // how many taps are confirmed
  const SequenceSet& pending() const { return pending_; }
  const std::map<uint64_t, std::string>& quarantined() const { return quarantined_; }  // reasons
  const SequenceSet& voided() const { return voided_; }
  const SequenceSet& lost() const { return lost_; }
  const SequenceSet& unchecked() const { return unchecked_; }
  uint64_t last_checked() const { return last_checked_; }
  // Confirmed taps that prove, as long as the store has them, that it did not go back to a moment
  // before the last check. These are the last tap that it had taken by then, and the taps that it
  // was found to have since: it may have taken those before or after that one.
  SequenceSet Witnesses() const;
  const std::optional<StoreIdentity>& store() const { return store_; }
  // The number of the last refusal, and of the last one that was handed to the store; 0: none.
  uint64_t refusals() const { return refusals_; }
  uint64_t handed_refusals() const { return handed_refusals_; }
  // The taps whose clock was vouched for, and those that NoteTapped() was told of.
  const DuplicateIndex& duplicates() const { return duplicates_; }
  // The other taps, by the day that their clock showed. That day may be yet to come, so these taps
  // must not turn anybody away when it comes.
  const DuplicateIndex& unsure_duplicates() const { return unsure_duplicates_; }
  // What the wall clock of a boot should have shown; null if that is not known.
  const ClockLine* ClockOf(std::string_view boot) const;
  // The boot of the last tap, and that boot's first tap.
  const std::string& boot() const { return boot_; }
  uint64_t boot_first_sequence() const { return boot_first_sequence_; }
  // The latest day of a tap whose clock was vouched for; kFirstPossibleDay before the first one.
  const std::string& last_vouched_day() const { return last_vouched_day_; }

 private:
  void ApplyTap(const TapSummary& tap);
  bool IsIndexed(const TapSummary& tap) const;
  void ApplyStart(const StartLine& start);
  void ApplyOutcome(const OutcomeLine& outcome);
  void ApplyClock(const ClockLine& clock);
  void NoteRefusals(uint64_t last);
  void ApplyHanded(const HandedLine& handed);
  void Confirm(SequenceRange range, TapOutcome how);
  void Quarantine(uint64_t sequence, const std::string& reason);
  void Requeue(SequenceRange range);
  void Void(SequenceRange range);
  void Lose(SequenceRange range);
  void ReplaceWitnessesIn(SequenceRange range);
  void MakePending(const SequenceSet& taps);
  SequenceSet QuarantinedIn(SequenceRange range) const;
  void EraseQuarantined(SequenceRange range);
  void Know(SequenceRange range);

  std::string generation_;
  std::map<uint64_t, std::string> generations_;  // by the number before their first one
  uint64_t last_sequence_ = 0;
  uint64_t records_ = 0;
  SequenceSet known_;  // numbers that something was said of
  // A known number is in one of these four, or confirmed.
  SequenceSet pending_;
  std::map<uint64_t, std::string> quarantined_;
  SequenceSet voided_;
  SequenceSet lost_;
  SequenceSet unchecked_;        // confirmed ones
  uint64_t last_confirmed_ = 0;  // what the store has taken last; 0: nothing, or its line is gone
  SequenceSet found_there_;      // what it was found to have since then; the last kWitnessesKept
  // What was in found_there_ when it took last_confirmed_. These stay witnesses until that one is
  // checked, and stands for them.
  SequenceSet found_earlier_;
  // Until EndReplay(): what the checkpoint said of the first two, as far as no line since has said
  // it again.
  struct {
    uint64_t last_confirmed = 0;
    SequenceSet found_there;
  } only_by_checkpoint_;
  uint64_t last_checked_ = 0;  // what last_confirmed_ was when that one was checked; 0: none
  std::optional<StoreIdentity> store_;
  uint64_t refusals_ = 0;
  uint64_t handed_refusals_ = 0;
  std::vector<ClockLine> clocks_;  // one a boot; the last kClocksKept
  std::string boot_;
  uint64_t boot_first_sequence_ = 0;
  std::string last_vouched_day_{kFirstPossibleDay};
  std::vector<DayRange> indexed_days_{{{}}};
  DuplicateIndex duplicates_;
  DuplicateIndex unsure_duplicates_;
};

}  // namespace tamtap::journal
