// What becomes of taps: outcomes that the store or staff decide, and from which store they come.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "journal/journal_impl.h"

namespace tamtap::journal {
namespace {

SequenceSet SetOf(std::span<const uint64_t> sequences) {
  SequenceSet set;
  for (const uint64_t sequence : sequences) set.Insert(sequence);
  return set;
}

}  // namespace

std::vector<OutcomeLine> OutcomesOf(const SequenceSet& taps, TapOutcome outcome) {
  std::vector<OutcomeLine> outcomes;
  for (const SequenceRange& range : taps.ranges()) {
    outcomes.push_back({range.first, range.last, outcome, {}});
  }
  return outcomes;
}

WriteTicket JournalImpl::AddOutcomes(std::vector<OutcomeLine> outcomes, bool flush) {
  scratch_.clear();
  for (const OutcomeLine& outcome : outcomes) AppendOutcomeLine(outcome, scratch_);
  const WriteTicket ticket = log_.Add(scratch_, flush).ticket;
  for (OutcomeLine& outcome : outcomes) {
    state_.ledger.Apply(outcome);
    notes_[ticket % 2].outcomes.push_back(std::move(outcome));
  }
  return ticket;
}

Result<> JournalImpl::WriteOutcomes(std::vector<OutcomeLine> outcomes, bool flush) {
  if (outcomes.empty()) return {};
  WriteTicket ticket = 0;
  {
    MutexLock lock(mutex_);
    ticket = AddOutcomes(std::move(outcomes), flush);
  }
  return log_.Commit(ticket);
}

void JournalImpl::WriteOrOwe(std::vector<OutcomeLine> outcomes) {
  // A failure was logged where it happened, and the outcomes are owed to the disk.
  static_cast<void>(WriteOutcomes(std::move(outcomes), /*flush=*/false));
}

void JournalImpl::Confirm(std::span<const uint64_t> sequences) {
  WriteOrOwe(OutcomesOf(SetOf(sequences), TapOutcome::kConfirmed));
}

void JournalImpl::ConfirmFoundThere(std::span<const uint64_t> sequences) {
  WriteOrOwe(OutcomesOf(SetOf(sequences), TapOutcome::kFoundThere));
}

void JournalImpl::Quarantine(uint64_t sequence, std::string_view reason) {
  {
    MutexLock lock(mutex_);
    if (!state_.ledger.pending().Contains(sequence)) return;
  }
  WriteOrOwe({{sequence, sequence, TapOutcome::kQuarantined, Shortened(reason, kMostReasonBytes)}});
}

uint64_t JournalImpl::Requeue(std::span<const uint64_t> sequences) {
  SequenceSet chosen;
  {
    MutexLock lock(mutex_);
    const auto& quarantined = state_.ledger.quarantined();
    if (sequences.empty()) {
      for (const auto& [sequence, reason] : quarantined) chosen.Insert(sequence);
    }
    for (const uint64_t sequence : sequences) {
      if (quarantined.contains(sequence)) chosen.Insert(sequence);
    }
  }
  if (chosen.empty()) return 0;
  // Flushed, since a person asked for it.
  if (!WriteOutcomes(OutcomesOf(chosen, TapOutcome::kRequeued), /*flush=*/true)) {
    LogError("journal: the requeue is not on the disk yet");
  }
  if (wake_) wake_();
  return chosen.size();
}

std::optional<StoreIdentity> JournalImpl::Store() {
  MutexLock lock(mutex_);
  return state_.ledger.store();
}

Result<> JournalImpl::SetStore(const StoreIdentity& store) {
  SequenceSet refused;
  {
    MutexLock lock(mutex_);
    if (state_.ledger.store() == store) return {};
    for (const auto& [sequence, reason] : state_.ledger.quarantined()) refused.Insert(sequence);
  }
  // What follows from the change is on the disk before its name: a crash in between does it again.
  TAMTAP_TRY(const uint64_t unchecked, RecheckSince(""));
  // It was another store that refused them.
  TAMTAP_RETURN_IF_ERROR(WriteOutcomes(OutcomesOf(refused, TapOutcome::kRequeued), /*flush=*/true));
  WriteTicket ticket = 0;
  {
    MutexLock lock(mutex_);
    scratch_.clear();
    AppendStoreLine({store}, scratch_);
    ticket = AddLine(StoreLine{store});
  }
  TAMTAP_RETURN_IF_ERROR(log_.Commit(ticket));
  LogInfo("journal: confirmations are of the store {} from now on; {} taps to ask it about",
          store.id, unchecked);
  if (wake_ && !refused.empty()) wake_();
  return {};
}

void JournalImpl::Checked(std::span<const uint64_t> sequences) {
  // A witness is asked about each minute: nothing is written of one that is known as checked.
  SequenceSet news;
  {
    MutexLock lock(mutex_);
    for (const uint64_t sequence : sequences) {
      if (state_.ledger.unchecked().Contains(sequence)) news.Insert(sequence);
    }
  }
  WriteOrOwe(OutcomesOf(news, TapOutcome::kChecked));
}

uint64_t JournalImpl::MakePending(std::span<const uint64_t> sequences) {
  SequenceSet lacking;
  {
    MutexLock lock(mutex_);
    for (const uint64_t sequence : sequences) {
      if (state_.ledger.StateOf(sequence) == TapState::kConfirmed) lacking.Insert(sequence);
    }
  }
  if (lacking.empty()) return 0;
  if (!WriteOutcomes(OutcomesOf(lacking, TapOutcome::kLacking), /*flush=*/true)) {
    LogError("journal: that the store lacks taps is not on the disk yet");
  }
  if (wake_) wake_();
  return lacking.size();
}

Result<uint64_t> JournalImpl::RecheckSince(std::string_view day) {
  SequenceSet taps;
  WriteTicket ticket = 0;
  {
    MutexLock lock(mutex_);
    for (const SegmentInfo& segment : state_.segments) {
      if (segment.records == 0 || segment.last_day < day) continue;
      const SequenceRange range{segment.first_sequence, segment.last_sequence};
      for (const SequenceRange& each : state_.ledger.ConfirmedIn(range).ranges()) {
        taps.InsertRange(each);
      }
    }
    if (taps.empty()) return 0;
    ticket = AddOutcomes(OutcomesOf(taps, TapOutcome::kUnchecked), /*flush=*/true);
  }
  TAMTAP_RETURN_IF_ERROR(log_.Commit(ticket));
  return taps.size();
}

}  // namespace tamtap::journal
