// Ledger: what the lines of a journal amount to. The log (log.h) keeps bytes and knows nothing of
// their meaning; the ledger knows the meaning and nothing of disks.
//
// There is one way to change it: Apply(line). A tap that is taken now, an outcome that comes from
// the store, and a line that a start reads back all go through it, so a journal that was closed and
// opened again is what it was. Two rules make that safe:
//   - A line that is applied twice says the same as once.
//   - Lines that were already in a checkpoint may be applied to it again, in their order.
//
// What a tap is, and which outcomes change it (others leave it as it is):
//
//   nothing      --tap----------> pending
//   pending      --confirmed----> confirmed       pending      --quarantined--> quarantined
//   (found-there: as confirmed)
//   pending      --void---------> void            pending, nothing --lost-----> lost
//   quarantined  --requeued-----> pending         quarantined  --confirmed----> confirmed
//   lost         --requeued-----> pending         lost         --confirmed----> confirmed
//   confirmed    --lacking------> pending         confirmed    --unchecked----> confirmed,
//   unchecked unchecked    --checked------> confirmed
//
// A tap is unchecked from its confirmation on until the store was asked about it once more.
//
// Not thread-safe. No errors: a line that can't be understood is none (ParseLine).
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

// A boot that needed a correction and still has taps to send is among so many.
inline constexpr size_t kClocksKept = 64;
// A lost reply makes so many taps of one batch be sent again; more witnesses are too many to ask
// about each minute.
inline constexpr size_t kWitnessesKept = 500;
// Nobody taps a card before this software was written.
inline constexpr std::string_view kFirstPossibleDay = "2026-01-01";

enum class TapState { kUnknown, kPending, kConfirmed, kQuarantined, kVoid, kLost };
std::string_view ToString(TapState state);

class Ledger {
 public:
  Ledger() = default;
  explicit Ledger(const Checkpoint& checkpoint);
  // All of it but the duplicate index. `number` and `covers`: see Checkpoint.
  Checkpoint ToCheckpoint(std::string_view journal, uint64_t number, uint64_t covers) const;

  void Apply(const Line& line);
  // All lines since the checkpoint were applied. What they don't confirm, though the checkpoint
  // names it as a witness, the power may have taken the line of, and with it the order: the store
  // is asked about those taps once more.
  void EndReplay();

  // Taps of other days are kept out of the duplicate index; without it, none are.
  void IndexDuplicatesOf(std::vector<DayRange> days) { indexed_days_ = std::move(days); }
  // That person has tapped on that day, though no line says so: a tap under a wrong clock, or one
  // at another gate. Forgotten at the next start.
  void NoteDay(std::string_view day, std::string_view person, uint64_t sequence) {
    duplicates_.Insert(day, person, sequence);
  }
  // All taps up to `last_left` have left the journal, as only confirmed taps can, and numbers up to
  // `last_given` were given away: for a journal whose first lines are gone.
  void Settle(uint64_t last_left, uint64_t last_given);

  TapState StateOf(uint64_t sequence) const;
  // Those of a range that are confirmed, checked or not.
  SequenceSet ConfirmedIn(SequenceRange range) const;
  // Numbers up to last_sequence() that nothing was said of: their lines were never seen.
  SequenceSet Missing() const;

  const std::string& generation() const { return generation_; }
  uint64_t last_sequence() const { return last_sequence_; }
  uint64_t records() const { return records_; }  // taps ever
  uint64_t confirmed() const;                    // taps, counted
  const SequenceSet& pending() const { return pending_; }
  const std::map<uint64_t, std::string>& quarantined() const { return quarantined_; }  // reasons
  const SequenceSet& voided() const { return voided_; }
  const SequenceSet& lost() const { return lost_; }
  const SequenceSet& unchecked() const { return unchecked_; }
  uint64_t last_checked() const { return last_checked_; }
  // Confirmed taps that show, as long as the store has them, that it did not go back to before what
  // was checked: the last one that it has taken of those, and what it was found to have since,
  // which it may have taken before or after that one.
  SequenceSet Witnesses() const;
  const std::optional<StoreIdentity>& store() const { return store_; }
  // Of taps whose clock was vouched for, and what NoteDay said.
  const DuplicateIndex& duplicates() const { return duplicates_; }
  // Of the others, by the day that was shown: it may be one that is yet to come, so they must not
  // turn anybody away on that day.
  const DuplicateIndex& unsure_duplicates() const { return unsure_duplicates_; }
  // What the wall clock of a boot should have shown; null: nobody has said.
  const ClockLine* ClockOf(std::string_view boot) const;
  // The boot of the last tap, and that boot's first tap.
  const std::string& boot() const { return boot_; }
  uint64_t boot_first_sequence() const { return boot_first_sequence_; }
  // The latest day of a tap whose clock was vouched for; before the first, kFirstPossibleDay.
  const std::string& last_vouched_day() const { return last_vouched_day_; }

 private:
  void ApplyTap(const TapMark& tap);
  bool IsIndexed(const TapMark& tap) const;
  void ApplyStart(const StartLine& start);
  void ApplyOutcome(const OutcomeLine& outcome);
  void ApplyClock(const ClockLine& clock);
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
  uint64_t last_sequence_ = 0;
  uint64_t records_ = 0;
  SequenceSet known_;  // numbers that something was said of
  // A known number is in one of these four, or confirmed.
  SequenceSet pending_;
  std::map<uint64_t, std::string> quarantined_;
  SequenceSet voided_;
  SequenceSet lost_;
  SequenceSet unchecked_;  // confirmed ones
  uint64_t last_confirmed_ = 0;
  SequenceSet found_there_;        // since then; the last kWitnessesKept
  SequenceSet found_earlier_;      // before that one, while it is unchecked
  uint64_t confirmed_before_ = 0;  // last, by the checkpoint, and by no line since; 0: none
  SequenceSet found_before_;       // by the checkpoint
  uint64_t last_checked_ = 0;
  std::optional<StoreIdentity> store_;
  std::vector<ClockLine> clocks_;  // one a boot; the last kClocksKept
  std::string boot_;
  uint64_t boot_first_sequence_ = 0;
  std::string last_vouched_day_{kFirstPossibleDay};
  std::vector<DayRange> indexed_days_{{{}}};
  DuplicateIndex duplicates_;
  DuplicateIndex unsure_duplicates_;
};

}  // namespace tamtap::journal
