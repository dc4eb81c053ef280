// What a journal does ahead of need and afterwards, off the path of a tap: segments are prepared,
// sealed, let go, and copied to the mirror.
#include "base/log.h"
#include "journal/journal.h"

namespace tamtap::journal {
namespace {

constexpr auto kMaintenanceRetry = std::chrono::seconds(1);

}  // namespace

SealLine Journal::SealFor(const SegmentInfo& segment) {
  SealLine seal;
  seal.journal = state_.journal;
  seal.records = segment.records;
  seal.first_sequence = segment.first_sequence;
  seal.last_sequence = segment.last_sequence;
  seal.journal_last_sequence = segment.last_sequence_after;
  seal.first_day = segment.first_day;
  seal.last_day = segment.last_day;
  seal.generation = segment.generation_after;
  seal.total_records = segment.total_records_after;
  seal.pending = state_.pending.RangesUpTo(segment.last_sequence_after);
  for (const auto& [sequence, reason] : state_.quarantined) {
    if (sequence <= segment.last_sequence_after) seal.quarantined.push_back({sequence, reason});
  }
  seal.clocks = state_.clocks;
  seal.voided = state_.voided.RangesUpTo(segment.last_sequence_after);
  return seal;
}

Result<> Journal::SealOne(uint64_t number) {
  std::string line = "\n";  // ends a torn tail; else a blank line, which means nothing
  uint64_t end = 0;
  {
    MutexLock lock(mutex_);
    const SegmentInfo& segment = SegmentAt(number);
    AppendSealLine(SealFor(segment), line);
    end = segment.end;
  }
  TAMTAP_TRY(const std::unique_ptr<File> file,
             disk_.Open(JoinPath(options_.directory, SegmentName(number)), OpenMode::kReadWrite));
  TAMTAP_RETURN_IF_ERROR(file->WriteAt(end, line));
  TAMTAP_RETURN_IF_ERROR(file->Truncate(end + line.size()));
  TAMTAP_RETURN_IF_ERROR(file->DataSync());
  MutexLock lock(mutex_);
  SegmentInfo& segment = SegmentAt(number);
  segment.sealed = true;
  segment.bytes = end + line.size();
  if (state_.pending.CountIn({segment.first_sequence, segment.last_sequence}) == 0) {
    segment.sparse = {};
  }
  return {};
}

Result<> Journal::Maintain() {
  std::vector<uint64_t> finished;
  {
    MutexLock lock(mutex_);
    maintenance_due_ = false;
    for (const SegmentInfo& segment : state_.segments) {
      const bool in_use = &segment == &state_.segments.back();
      if (!in_use && !segment.sealed && !segment.broken) finished.push_back(segment.number);
    }
  }
  // Room for the next taps first.
  TAMTAP_RETURN_IF_ERROR(writer_.Prepare());
  TAMTAP_RETURN_IF_ERROR(SayUnsaid());
  for (const uint64_t number : finished) TAMTAP_RETURN_IF_ERROR(SealOne(number));
  TAMTAP_RETURN_IF_ERROR(Retire());
  if (!storage_.mirror) return {};
  return storage_.mirror->CatchUp(/*everything=*/true);
}

Result<> Journal::SayUnsaid() {
  MutexLock lock(mutex_);
  if (unsaid_.empty()) return {};
  const Result<> said = Commit();
  if (!said) maintenance_due_ = false;  // not at once: the next try comes in its time
  return said;
}

std::vector<SegmentInfo> Journal::Retirable(std::string_view first_kept_day) {
  std::vector<SegmentInfo> retirable;
  for (const SegmentInfo& segment : state_.segments) {
    const auto quarantined = state_.quarantined.lower_bound(segment.first_sequence);
    const bool all_confirmed =
        state_.pending.CountIn({segment.first_sequence, segment.last_sequence}) == 0 &&
        (quarantined == state_.quarantined.end() || quarantined->first > segment.last_sequence);
    const bool in_use = &segment == &state_.segments.back();
    if (in_use || !segment.sealed || !all_confirmed || segment.last_day >= first_kept_day) break;
    retirable.push_back(segment);
  }
  return retirable;
}

Result<> Journal::Retire() {
  std::vector<uint64_t> leaving;
  std::vector<SegmentInfo> retirable;
  RetiredLine retired;
  {
    MutexLock lock(mutex_);
    leaving = state_.left_behind;
    // A clock that may be wrong must not decide that records are old.
    if (options_.retention.days > 0 && clock_.Synchronised()) {
      retirable = Retirable(FirstKeptDay(clock_.Now(), options_.retention.days));
    }
    if (!retirable.empty()) {
      const SegmentInfo& last = retirable.back();
      retired = {last.number, state_.journal, last.generation_after, last.last_sequence_after,
                 last.total_records_after};
    }
  }
  for (const SegmentInfo& segment : retirable) {
    TAMTAP_RETURN_IF_ERROR(SetAside(disk_, options_.directory, segment.number, segment.records,
                                    options_.retention.archive));
    leaving.push_back(segment.number);
  }
  if (leaving.empty()) return {};
  if (!retirable.empty()) TAMTAP_RETURN_IF_ERROR(WriteRetired(disk_, options_.directory, retired));
  {
    MutexLock lock(mutex_);
    std::vector<SegmentInfo>& segments = state_.segments;
    segments.erase(segments.begin(), segments.begin() + static_cast<ptrdiff_t>(retirable.size()));
    if (!retirable.empty()) state_.retired = retired;
    state_.left_behind = leaving;
  }
  TAMTAP_RETURN_IF_ERROR(RemoveSegments(leaving));
  MutexLock lock(mutex_);
  state_.left_behind.clear();
  return {};
}

Result<> Journal::RemoveSegments(std::span<const uint64_t> numbers) {
  for (const uint64_t number : numbers) {
    TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk_, JoinPath(options_.directory, SegmentName(number))));
  }
  return disk_.SyncDirectory(options_.directory);
}

void Journal::MaintainUntil(std::stop_token stop) {
  bool failing = false;
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);
      while (!maintenance_due_ && !stop.stop_requested()) {
        if (failing) {
          maintain_.WaitFor(mutex_, kMaintenanceRetry);
          break;
        }
        maintain_.Wait(mutex_);
      }
    }
    if (stop.stop_requested()) return;
    const Result<> maintained = Maintain();
    if (!maintained && !failing) {
      LogWarning("journal upkeep: {}; trying again until it works", maintained.error().Message());
    }
    failing = !maintained;
  }
}

}  // namespace tamtap::journal
