#include "journal/ledger.h"

#include <algorithm>
#include <iterator>

namespace tamtap::journal {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

void InsertAll(const std::vector<SequenceRange>& ranges, SequenceSet& set) {
  for (const SequenceRange& range : ranges) set.InsertRange(range);
}

}  // namespace

std::string_view ToString(TapState state) {
  switch (state) {
    case TapState::kUnknown:
      return "unknown";
    case TapState::kPending:
      return "pending";
    case TapState::kConfirmed:
      return "confirmed";
    case TapState::kQuarantined:
      return "quarantined";
    case TapState::kVoid:
      return "void";
    case TapState::kLost:
      return "lost";
  }
  return "unknown";
}

Ledger::Ledger(const Checkpoint& checkpoint)
    : generation_(checkpoint.generation),
      last_sequence_(checkpoint.last_sequence),
      records_(checkpoint.total_records),
      last_confirmed_(checkpoint.last_confirmed),
      last_checked_(checkpoint.last_checked),
      store_(checkpoint.store),
      refusals_(checkpoint.refusals),
      handed_refusals_(checkpoint.handed_refusals),
      boot_(checkpoint.boot),
      boot_first_sequence_(checkpoint.boot_first_sequence) {
  if (last_sequence_ > 0) known_.InsertRange({1, last_sequence_});
  for (const SequenceRange& range : checkpoint.missing) known_.EraseRange(range);
  InsertAll(checkpoint.pending, pending_);
  InsertAll(checkpoint.voided, voided_);
  InsertAll(checkpoint.lost, lost_);
  InsertAll(checkpoint.unchecked, unchecked_);
  InsertAll(checkpoint.found_there, found_there_);
  only_by_checkpoint_ = {last_confirmed_, found_there_};
  for (const QuarantinedNumber& tap : checkpoint.quarantined) {
    quarantined_.emplace(tap.sequence, tap.reason);
  }
  // A checkpoint that another program wrote may speak of taps after its last one: their numbers
  // are given away.
  for (const SequenceSet* const taps : {&pending_, &voided_, &lost_, &unchecked_}) {
    for (const SequenceRange& range : taps->ranges()) Know(range);
  }
  for (const auto& [sequence, reason] : quarantined_) Know({sequence, sequence});
  for (const ClockLine& clock : checkpoint.clocks) ApplyClock(clock);
  last_vouched_day_ = std::max(last_vouched_day_, checkpoint.last_vouched_day);
}

Checkpoint Ledger::ToCheckpoint(std::string_view journal, uint64_t number, uint64_t covers) const {
  Checkpoint checkpoint;
  checkpoint.journal = journal;
  checkpoint.number = number;
  checkpoint.covers = covers;
  checkpoint.generation = generation_;
  checkpoint.last_sequence = last_sequence_;
  checkpoint.total_records = records_;
  checkpoint.pending = pending_.ranges();
  for (const auto& [sequence, reason] : quarantined_) {
    checkpoint.quarantined.push_back({sequence, reason});
  }
  checkpoint.voided = voided_.ranges();
  checkpoint.lost = lost_.ranges();
  checkpoint.missing = Missing().ranges();
  checkpoint.clocks = clocks_;
  checkpoint.boot = boot_;
  checkpoint.boot_first_sequence = boot_first_sequence_;
  checkpoint.last_vouched_day = last_vouched_day_;
  checkpoint.store = store_;
  checkpoint.unchecked = unchecked_.ranges();
  SequenceSet found = found_there_;
  InsertAll(found_earlier_.ranges(), found);
  checkpoint.found_there = found.ranges();
  checkpoint.last_confirmed = last_confirmed_;
  checkpoint.last_checked = last_checked_;
  checkpoint.refusals = refusals_;
  checkpoint.handed_refusals = handed_refusals_;
  return checkpoint;
}

void Ledger::Apply(const Line& line) {
  std::visit(Overloaded{[&](const TapSummary& tap) { ApplyTap(tap); },
                        [&](const StartLine& start) { ApplyStart(start); },
                        [&](const OutcomeLine& outcome) { ApplyOutcome(outcome); },
                        [&](const ClockLine& clock) { ApplyClock(clock); },
                        [&](const StoreLine& line_of_store) { store_ = line_of_store.store; },
                        [&](const RefusalSummary& refusal) { NoteRefusals(refusal.number); },
                        [&](const HandedLine& handed) { ApplyHanded(handed); }},
             line);
}

void Ledger::ApplyTap(const TapSummary& tap) {
  if (tap.boot != boot_ && tap.sequence > last_sequence_) {
    boot_ = tap.boot;
    boot_first_sequence_ = tap.sequence;
  }
  if (tap.vouched && tap.day > last_vouched_day_) last_vouched_day_ = tap.day;
  // What became of a tap is no matter here: lost or refused by the store, the person was there. But
  // a void tap was never acknowledged, and its void may stand before its second copy.
  if (IsIndexed(tap) && !voided_.Contains(tap.sequence)) {
    DuplicateIndex& index = tap.vouched ? duplicates_ : unsure_duplicates_;
    index.Insert(tap.day, tap.person, {tap.sequence, tap.tapped_at_us});
  }
  // A flush that failed may leave the same tap in two segments.
  if (known_.Contains(tap.sequence)) return;
  Know({tap.sequence, tap.sequence});
  ++records_;
  pending_.Insert(tap.sequence);
}

bool Ledger::IsIndexed(const TapSummary& tap) const {
  return tap.person.size() <= kMaxPersonBytes &&
         std::any_of(indexed_days_.begin(), indexed_days_.end(), [&](const DayRange& days) {
           return tap.day >= days.first && tap.day <= days.last;
         });
}

void Ledger::ApplyStart(const StartLine& start) {
  generation_ = start.generation;
  generations_.insert_or_assign(start.previous_last_sequence, start.generation);
  // Numbers that the generation before gave away may be missing here; they are not given again.
  last_sequence_ = std::max(last_sequence_, start.previous_last_sequence);
}

void Ledger::ApplyOutcome(const OutcomeLine& outcome) {
  const SequenceRange range{outcome.first, outcome.last};
  // Whatever became of it, the number was given away, also if the tap's line is not there.
  last_sequence_ = std::max(last_sequence_, range.last);
  switch (outcome.outcome) {
    case TapOutcome::kConfirmed:
    case TapOutcome::kFoundThere:
      return Confirm(range, outcome.outcome);
    case TapOutcome::kQuarantined:
      return Quarantine(range.first, outcome.reason);
    case TapOutcome::kRequeued:
      return Requeue(range);
    case TapOutcome::kVoid:
      return Void(range);
    case TapOutcome::kLost:
      return Lose(range);
    case TapOutcome::kLacking:
      return MakePending(ConfirmedIn(range));
    case TapOutcome::kUnchecked:
      return InsertAll(ConfirmedIn(range).ranges(), unchecked_);
    case TapOutcome::kChecked: {
      unchecked_.EraseRange(range);
      // Others may stay unchecked for long: their lines can't be read.
      const bool with_last = range.first <= last_confirmed_ && last_confirmed_ <= range.last;
      if (with_last || unchecked_.empty()) {
        last_checked_ = last_confirmed_;
        found_earlier_ = SequenceSet();
      }
      return;
    }
  }
}

void Ledger::ApplyClock(const ClockLine& clock) {
  if (ClockOf(clock.boot) != nullptr)
    return;  // the first word on a boot stays: no stored day moves
  if (clocks_.size() == kClocksKept) clocks_.erase(clocks_.begin());
  clocks_.push_back(clock);
}

// A number that was given to a refusal is not given again, whether or not its line is still there.
void Ledger::NoteRefusals(uint64_t last) { refusals_ = std::max(refusals_, last); }

void Ledger::ApplyHanded(const HandedLine& handed) {
  NoteRefusals(handed.refusals);
  handed_refusals_ = std::max(handed_refusals_, handed.refusals);
}

void Ledger::Confirm(SequenceRange range, TapOutcome how) {
  SequenceSet changed = QuarantinedIn(range);
  InsertAll(pending_.RangesIn(range), changed);
  InsertAll(lost_.RangesIn(range), changed);
  Know(range);
  pending_.EraseRange(range);
  lost_.EraseRange(range);
  EraseQuarantined(range);
  InsertAll(changed.ranges(), unchecked_);
  if (how == TapOutcome::kFoundThere) {
    InsertAll(ConfirmedIn(range).ranges(), found_there_);
    while (found_there_.size() > kWitnessesKept) {
      found_there_.EraseRange(SequenceRange{*found_there_.NextFrom(0), *found_there_.NextFrom(0)});
    }
    return;
  }
  // Also where a checkpoint knew it: what the lines before it made of the order is not the last
  // word.
  last_confirmed_ = range.last;
  // It was taken after all that was found there; but until it is checked, by a store that may have
  // gone back meanwhile.
  InsertAll(found_there_.ranges(), found_earlier_);
  found_there_ = SequenceSet();
  uint64_t& before = only_by_checkpoint_.last_confirmed;
  if (range.first <= before && before <= range.last) before = 0;
}

void Ledger::Quarantine(uint64_t sequence, const std::string& reason) {
  if (pending_.EraseRange({sequence, sequence}) > 0) quarantined_.emplace(sequence, reason);
}

void Ledger::Requeue(SequenceRange range) {
  SequenceSet taps = QuarantinedIn(range);
  InsertAll(lost_.RangesIn(range), taps);
  EraseQuarantined(range);
  lost_.EraseRange(range);
  MakePending(taps);
}

void Ledger::Void(SequenceRange range) {
  duplicates_.Erase(range.first, range.last);
  unsure_duplicates_.Erase(range.first, range.last);
  // Only a line that a failed flush left behind was counted.
  records_ -= std::min(records_, pending_.EraseRange(range));
  voided_.InsertRange(range);
  Know(range);
}

void Ledger::Lose(SequenceRange range) {
  SequenceSet taps;
  InsertAll(pending_.RangesIn(range), taps);
  // At a start their lines are not there any more: this one is all that tells of them.
  SequenceSet never_seen;
  never_seen.InsertRange(range);
  for (const SequenceRange& each : known_.RangesIn(range)) never_seen.EraseRange(each);
  records_ += never_seen.size();
  InsertAll(never_seen.ranges(), taps);
  InsertAll(taps.ranges(), lost_);
  pending_.EraseRange(range);
  Know(range);
  ReplaceWitnessesIn(range);
}

// The store can't be asked about a tap whose line is gone. The last ones of those that it can be
// asked about stand in for it.
void Ledger::ReplaceWitnessesIn(SequenceRange range) {
  if (Witnesses().RangesIn(range).empty()) return;
  if (range.first <= last_checked_ && last_checked_ <= range.last) last_checked_ = 0;
  if (range.first <= last_confirmed_ && last_confirmed_ <= range.last) last_confirmed_ = 0;
  SequenceSet confirmed = ConfirmedIn({1, last_sequence_});
  confirmed.EraseRange(range);
  const std::vector<SequenceRange> ranges = confirmed.ranges();
  for (auto last = ranges.rbegin(); last != ranges.rend(); ++last) {
    if (found_there_.size() >= kWitnessesKept) break;
    const uint64_t room = kWitnessesKept - found_there_.size();
    found_there_.InsertRange(
        {std::max(last->first, last->last - std::min(room, last->last) + 1), last->last});
  }
  found_there_.EraseRange(range);
  found_earlier_.EraseRange(range);
}

void Ledger::MakePending(const SequenceSet& taps) {
  for (const SequenceRange& range : taps.ranges()) {
    pending_.InsertRange(range);
    unchecked_.EraseRange(range);
    found_there_.EraseRange(range);
    found_earlier_.EraseRange(range);
  }
}

SequenceSet Ledger::QuarantinedIn(SequenceRange range) const {
  SequenceSet taps;
  for (auto tap = quarantined_.lower_bound(range.first);
       tap != quarantined_.end() && tap->first <= range.last; ++tap) {
    taps.Insert(tap->first);
  }
  return taps;
}

void Ledger::EraseQuarantined(SequenceRange range) {
  quarantined_.erase(quarantined_.lower_bound(range.first), quarantined_.upper_bound(range.last));
}

void Ledger::Know(SequenceRange range) {
  known_.InsertRange(range);
  last_sequence_ = std::max(last_sequence_, range.last);
}

void Ledger::EndReplay() {
  SequenceSet untold = std::move(only_by_checkpoint_.found_there);
  if (only_by_checkpoint_.last_confirmed > 0) untold.Insert(only_by_checkpoint_.last_confirmed);
  only_by_checkpoint_ = {};
  for (const SequenceRange& range : untold.ranges()) {
    for (uint64_t tap = range.first; tap <= range.last; ++tap) {
      if (StateOf(tap) == TapState::kConfirmed && !found_there_.Contains(tap)) {
        unchecked_.Insert(tap);
      }
    }
  }
}

void Ledger::Settle(uint64_t last_left, uint64_t last_given) {
  last_sequence_ = std::max(last_sequence_, last_given);
  if (last_left == 0) return;
  const SequenceRange left{1, last_left};
  known_.InsertRange(left);
  pending_.EraseRange(left);
  lost_.EraseRange(left);
  voided_.EraseRange(left);
  unchecked_.EraseRange(left);
  found_there_.EraseRange(left);
  found_earlier_.EraseRange(left);
  EraseQuarantined(left);
}

TapState Ledger::StateOf(uint64_t sequence) const {
  if (!known_.Contains(sequence)) return TapState::kUnknown;
  if (pending_.Contains(sequence)) return TapState::kPending;
  if (quarantined_.contains(sequence)) return TapState::kQuarantined;
  if (voided_.Contains(sequence)) return TapState::kVoid;
  if (lost_.Contains(sequence)) return TapState::kLost;
  return TapState::kConfirmed;
}

SequenceSet Ledger::ConfirmedIn(SequenceRange range) const {
  SequenceSet confirmed;
  InsertAll(known_.RangesIn(range), confirmed);
  for (const SequenceSet* const others : {&pending_, &voided_, &lost_}) {
    for (const SequenceRange& each : others->RangesIn(range)) confirmed.EraseRange(each);
  }
  for (const SequenceRange& each : QuarantinedIn(range).ranges()) confirmed.EraseRange(each);
  return confirmed;
}

SequenceSet Ledger::Missing() const {
  SequenceSet missing;
  if (last_sequence_ == 0) return missing;
  missing.InsertRange({1, last_sequence_});
  for (const SequenceRange& range : known_.ranges()) missing.EraseRange(range);
  return missing;
}

bool Ledger::IsVoid(const TapId& tap) const {
  if (!voided_.Contains(tap.sequence)) return false;
  const auto next = generations_.lower_bound(tap.sequence);
  return next != generations_.begin() && std::prev(next)->second == tap.generation;
}

uint64_t Ledger::confirmed() const {
  const uint64_t others = pending_.size() + quarantined_.size() + lost_.size();
  return records_ - std::min(records_, others);
}

SequenceSet Ledger::Witnesses() const {
  SequenceSet witnesses = found_there_;
  InsertAll(found_earlier_.ranges(), witnesses);
  if (last_checked_ > 0 && StateOf(last_checked_) == TapState::kConfirmed) {
    witnesses.Insert(last_checked_);
  }
  return witnesses;
}

const ClockLine* Ledger::ClockOf(std::string_view boot) const {
  const auto clock = std::find_if(clocks_.begin(), clocks_.end(),
                                  [&](const ClockLine& each) { return each.boot == boot; });
  return clock == clocks_.end() ? nullptr : &*clock;
}

}  // namespace tamtap::journal
