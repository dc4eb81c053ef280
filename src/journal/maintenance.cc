// What a journal does ahead of need and afterwards, off the path of a tap: segments are prepared,
// sealed, let go, and copied to the mirror; what was found out meanwhile is written down.
#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "journal/journal_impl.h"
#include "journal/set_aside.h"

namespace tamtap::journal {
namespace {

// A clock that is further than this past the last vouched day decides nothing about what is old.
constexpr uint32_t kLeapDays = 400;
constexpr auto kMaintenanceRetry = std::chrono::seconds(1);

}  // namespace

SegmentInfo& JournalImpl::SegmentAt(uint64_t number) {
  const auto segment = std::find_if(state_.segments.rbegin(), state_.segments.rend(),
                                    [&](const SegmentInfo& each) { return each.number == number; });
  CHECK(segment != state_.segments.rend());
  return *segment;
}

void JournalImpl::AddSegment(uint64_t number) {
  SegmentInfo segment;
  segment.number = number;
  segment.bytes = options_.segment_bytes;
  segment.sparse.reserve(options_.segment_bytes / (500 * kSparseEvery));
  state_.segments.push_back(std::move(segment));
  AskForMaintenance();
}

void JournalImpl::AskForMaintenance() {
  if (maintenance_due_) return;
  maintenance_due_ = true;
  maintain_.NotifyAll();
}

Checkpoint JournalImpl::NextCheckpoint() {
  // Every line that the ledger has not heard of yet is in the segment in use, or will be in a later
  // one.
  const uint64_t in_use = state_.segments.back().number;
  return state_.ledger.ToCheckpoint(state_.journal, ++state_.checkpoints, in_use);
}

Result<> JournalImpl::Maintain() {
  const bool all_copies = !storage_.mirror || !storage_.mirror->behind();
  std::vector<uint64_t> finished;
  {
    MutexLock lock(mutex_);
    maintenance_due_ = false;
    for (const SegmentInfo& segment : state_.segments) {
      const bool in_use = &segment == &state_.segments.back();
      if (!in_use && !segment.sealed && !segment.broken && !segment.foreign) {
        finished.push_back(segment.number);
      }
    }
  }
  // Room for the next taps first.
  TAMTAP_RETURN_IF_ERROR(writer_.Prepare());
  TAMTAP_RETURN_IF_ERROR(WriteOwed());
  for (const uint64_t number : finished) TAMTAP_RETURN_IF_ERROR(SealOne(number));
  SettleUnreadable(all_copies);
  TAMTAP_RETURN_IF_ERROR(Retire());
  TAMTAP_RETURN_IF_ERROR(LeaveArchive());
  if (!storage_.mirror) return {};
  TAMTAP_RETURN_IF_ERROR(storage_.mirror->CatchUp(/*everything=*/true));
  if (all_copies) return {};
  MutexLock lock(mutex_);
  unreadable_ = {};  // they are looked for once more
  return {};
}

Result<> JournalImpl::WriteOwed() {
  bool refusals = false;
  while (true) {
    {
      MutexLock lock(mutex_);
      if (owed_.empty() && !RefusalsWait()) break;
      refusals = refusals || !noted_refusals_.empty();
    }
    Result<> written = log_.Commit(log_.Add({}, /*flush=*/false).ticket);
    if (!written) {
      MutexLock lock(mutex_);
      maintenance_due_ = false;  // not at once: the next try comes in its time
      return written;
    }
  }
  if (refusals && wake_) wake_();
  return {};
}

Result<> JournalImpl::SealOne(uint64_t number) {
  std::string line = "\n";  // ends a torn tail; else a blank line, which means nothing
  uint64_t end = 0;
  {
    MutexLock lock(mutex_);
    const SegmentInfo& segment = SegmentAt(number);
    AppendSealLine(segment.ToSeal(NextCheckpoint()), line);
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
  const SequenceRange range{std::max<uint64_t>(segment.first_sequence, 1),
                            std::max<uint64_t>(segment.last_sequence, 1)};
  if (state_.ledger.pending().CountIn(range) == 0) segment.sparse = {};
  return {};
}

// A pending tap whose line is gone can never be sent, and is written down as lost. The store can't
// be asked about a confirmed one, which is written down as checked. Both are written of each tap:
// an outcome that does not fit its state changes nothing. While a mirror that may have the lines is
// away, nothing is written of them yet.
void JournalImpl::SettleUnreadable(bool all_copies) {
  std::vector<OutcomeLine> outcomes;
  {
    MutexLock lock(mutex_);
    for (const SequenceRange& range : unreadable_.ranges()) {
      if (!all_copies) break;
      outcomes.push_back({range.first, range.last, TapOutcome::kLost, {}});
      outcomes.push_back({range.first, range.last, TapOutcome::kChecked, {}});
    }
    if (all_copies) unreadable_ = {};
    for (const auto& [sequence, reason] : unparsable_) {
      outcomes.push_back(
          {sequence, sequence, TapOutcome::kQuarantined, Shortened(reason, kMostReasonBytes)});
      outcomes.push_back({sequence, sequence, TapOutcome::kChecked, {}});
    }
    unparsable_.clear();
  }
  WriteOrOwe(std::move(outcomes));
}

bool JournalImpl::MayLeave(const SegmentInfo& segment) const {
  const bool in_use = &segment == &state_.segments.back();
  if (in_use || !segment.sealed || segment.foreign) return false;
  if (segment.records == 0) return true;
  const SequenceRange range{segment.first_sequence, segment.last_sequence};
  const Ledger& ledger = state_.ledger;
  const auto quarantined = ledger.quarantined().lower_bound(range.first);
  return ledger.pending().CountIn(range) == 0 && ledger.unchecked().CountIn(range) == 0 &&
         (quarantined == ledger.quarantined().end() || quarantined->first > range.last);
}

// The first segments, as far as all of them may leave and are old. A segment is as old as the last
// day in it that a right clock showed; one without any such day leaves when a later one does.
std::vector<SegmentInfo> JournalImpl::Retirable(std::string_view first_kept_day) {
  std::vector<SegmentInfo> retirable;
  size_t old = 0;
  for (const SegmentInfo& segment : state_.segments) {
    if (!MayLeave(segment) || segment.last_vouched_day >= first_kept_day) break;
    retirable.push_back(segment);
    if (!segment.last_vouched_day.empty()) old = retirable.size();
  }
  retirable.resize(old);
  return retirable;
}

bool JournalImpl::ClockDecides() const {
  const bool leapt = FirstKeptDay(clock_.Now(), kLeapDays) > state_.ledger.last_vouched_day();
  return clock_.Synchronised() && !leapt;
}

void JournalImpl::KeepFor(uint32_t days, uint32_t archive_days) {
  MutexLock lock(mutex_);
  retention_.days = days;
  retention_.archive_days = archive_days;
  AskForMaintenance();
}

Result<> JournalImpl::LeaveArchive() {
  std::string first_kept_day;
  std::string journal;
  {
    MutexLock lock(mutex_);
    if (retention_.archive_days == 0 || !ClockDecides()) return {};
    first_kept_day = FirstKeptDay(clock_.Now(), retention_.archive_days);
    journal = state_.journal;
  }
  TAMTAP_TRY(size_t left, PurgeArchive(disk_, options_.directory, journal, first_kept_day));
  if (!options_.mirror.empty() && !storage_.mirror->behind()) {
    TAMTAP_TRY(const size_t there, PurgeArchive(disk_, options_.mirror, journal, first_kept_day));
    left += there;
  }
  if (left > 0) LogInfo("journal: {} archived segments of before {} went", left, first_kept_day);
  return {};
}

Result<> JournalImpl::Retire() {
  std::vector<uint64_t> leaving;
  std::vector<SegmentInfo> retirable;
  RetiredLine retired;
  bool archive = false;
  {
    MutexLock lock(mutex_);
    leaving = state_.left_behind;
    archive = retention_.archive;
    if (retention_.days > 0 && ClockDecides()) {
      retirable = Retirable(FirstKeptDay(clock_.Now(), retention_.days));
    }
    if (!retirable.empty()) {
      retired.segments = retirable.back().number;
      retired.records = state_.retired.records;
      for (const SegmentInfo& segment : retirable) retired.records += segment.records;
      // It knows what became of every tap, so no outcome leaves with a segment.
      retired.checkpoint = NextCheckpoint();
    }
  }
  for (const SegmentInfo& segment : retirable) {
    TAMTAP_RETURN_IF_ERROR(
        ArchiveSegment(disk_, options_.directory, segment.number, segment.records, archive));
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

Result<> JournalImpl::RemoveSegments(std::span<const uint64_t> numbers) {
  std::string journal;
  {
    MutexLock lock(mutex_);
    journal = state_.journal;
  }
  for (const uint64_t number : numbers) {
    TAMTAP_RETURN_IF_ERROR(RemoveIfOurs(disk_, options_.directory, SegmentName(number), journal));
  }
  return disk_.SyncDirectory(options_.directory);
}

Result<> JournalImpl::MaintainWithoutThrowing() noexcept {
  try {
    return Maintain();
  } catch (const std::exception&) {  // there is no memory left; what was begun is done next time
    return Error{ErrorCode::kFull, "look after the journal", ENOMEM, ""};
  }
}

void JournalImpl::MaintainUntil(std::stop_token stop) {
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
    if (stop.stop_requested()) break;
    const Result<> maintained = MaintainWithoutThrowing();
    if (!maintained && !failing) {
      LogWarning("journal upkeep: {}; trying again until it works", maintained.error().Message());
    }
    failing = !maintained;
  }
  // A process that ends cleanly leaves nothing unwritten, as far as the disk takes it. A failure
  // was logged where it happened, and nobody is left to try again.
  static_cast<void>(WriteOwed());
}

}  // namespace tamtap::journal
