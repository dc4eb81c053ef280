#include "journal/journal_impl.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "journal/ownership.h"
#include "journal/set_aside.h"

namespace tamtap::journal {
namespace {

constexpr size_t kImportedTogether = 200;  // taps of one flush

// The next segment must be one that is read at a start: not below the newest checkpoint.
uint64_t LastNumber(const JournalState& state) {
  const uint64_t last =
      state.segments.empty() ? state.retired.segments : state.segments.back().number;
  return state.covers == 0 ? last : std::max(last, state.covers - 1);
}

}  // namespace

Result<std::unique_ptr<DiskLock>> Journal::Lock(const std::string& directory, Disk& disk) {
  TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(directory));
  return disk.Lock(JoinPath(directory, "lock"));
}

Result<std::unique_ptr<Journal>> Journal::Open(JournalOptions options, Disk& disk, Clock& clock,
                                               Random& random, std::unique_ptr<DiskLock> lock) {
  if (!IsTerminalName(options.terminal)) {
    return Error{ErrorCode::kMisconfigured, fmt::format("terminal id '{}'", options.terminal), 0,
                 "use 1 to 32 letters, digits, '-' or '_'"};
  }
  TAMTAP_TRY(JournalImpl::Storage storage,
             JournalImpl::TakeStorage(options, disk, std::move(lock)));
  // Nothing there names this gate's journal; what names another one is none of its lines.
  if (storage.journal.empty()) storage.journal = random.Hex(8);
  RecoverOptions recover;
  recover.directory = options.directory;
  recover.journal = storage.journal;
  recover.first_indexed_day = options.first_indexed_day;
  recover.clock_is_vouched = clock.Synchronised();
  TAMTAP_TRY(JournalState state, Recover(disk, recover));
  for (const Damage& damage : state.damage) {
    LogWarning("journal: {} in segment {} at {}, {} bytes", ToString(damage.kind), damage.segment,
               damage.offset, damage.length);
  }
  if (!options.mirror.empty()) {
    storage.mirror = std::make_unique<MirroredDisk>(disk, options.directory, options.mirror,
                                                    state.journal, std::move(storage.taken));
  }
  Disk& used = storage.mirror ? *storage.mirror : disk;
  auto journal = std::make_unique<JournalImpl>(std::move(options), used, clock, std::move(storage),
                                               std::move(state), random.Hex(8));
  TAMTAP_RETURN_IF_ERROR(journal->Start());
  return std::unique_ptr<Journal>(std::move(journal));
}

Result<JournalImpl::Storage> JournalImpl::TakeStorage(const JournalOptions& options, Disk& disk,
                                                      std::unique_ptr<DiskLock> lock) {
  Storage storage;
  storage.lock = std::move(lock);
  if (!storage.lock) {
    TAMTAP_TRY(storage.lock, Lock(options.directory, disk));
  }
  TAMTAP_TRY(storage.journal, JournalIn(disk, options.directory, options.terminal));
  // What can't be set aside now stays: nothing is ever written over it.
  const auto aside = SetForeignAside(disk, options.directory, storage.journal, options.terminal);
  if (!aside) LogError("journal: {}", aside.error().Message());
  if (options.mirror.empty()) return storage;
  RememberMirror(disk, options.directory, options.mirror);
  storage.taken =
      TakeMirror(disk, options.directory, options.mirror, options.terminal, storage.journal);
  if (storage.taken.problem) {
    // A journal that could not be restored from its mirror is another one: it begins anew.
    TAMTAP_TRY(storage.journal, JournalIn(disk, options.directory, options.terminal));
  }
  return storage;
}

JournalImpl::JournalImpl(JournalOptions options, Disk& disk, Clock& clock, Storage storage,
                         JournalState state, std::string generation)
    : options_(std::move(options)),
      storage_(std::move(storage)),
      disk_(disk),
      clock_(clock),
      generation_(std::move(generation)),
      boot_(clock.BootId()),
      boot_first_sequence_(state.ledger.boot() == boot_ ? state.ledger.boot_first_sequence()
                                                        : state.ledger.last_sequence() + 1),
      writer_(disk, {options_.directory, state.journal, options_.segment_bytes}, LastNumber(state)),
      log_(writer_, *this),
      state_(std::move(state)),
      retention_(options_.retention),
      last_given_(state_.ledger.last_sequence()),
      last_refusal_(state_.ledger.refusals()) {}

JournalImpl::~JournalImpl() {
  {
    // Or the request could slip in between the thread's check and its sleep.
    MutexLock lock(mutex_);
    maintenance_.request_stop();
  }
  maintain_.NotifyAll();
}

Result<> JournalImpl::Start() {
  TAMTAP_RETURN_IF_ERROR(TakeUpSegments());
  WriteTicket ticket = 0;
  {
    MutexLock lock(mutex_);
    StartLine start;
    start.terminal = options_.terminal;
    start.generation = generation_;
    start.previous_generation = state_.ledger.generation();
    start.previous_last_sequence = state_.ledger.last_sequence();
    start.boot = boot_;
    start.at_us = clock_.Now().time_since_epoch().count();
    scratch_.clear();
    AppendStartLine(start, scratch_);
    ticket = AddLine(std::move(start));
  }
  TAMTAP_RETURN_IF_ERROR(log_.Commit(ticket));
  SequenceSet found_again;
  {
    MutexLock lock(mutex_);
    found_again = state_.found_again;
  }
  // A mirror that came back, say, brought lines that were written off.
  TAMTAP_RETURN_IF_ERROR(
      WriteOutcomes(OutcomesOf(found_again, TapOutcome::kRequeued), /*flush=*/true));
  if (storage_.mirror) {
    // The segment in use has its second copy before the first tap. What fails is noted, and tried
    // again by Maintain().
    if (const auto copied = storage_.mirror->CatchUp(/*everything=*/false); !copied) {
      LogWarning("journal: starting without a mirror");
    }
  }
  if (options_.maintenance_thread) {
    maintenance_ = std::jthread([this](std::stop_token stop) { MaintainUntil(stop); });
  }
  return {};
}

// The last segment is written to again if it may be. The other unsealed ones are flushed once more,
// since a flush of theirs may have failed before the process ended. A power cut may take all lines
// of the segment in use although a checkpoint knows them. Then the last segment with lines is one
// that the checkpoint covers, and is not written to: no start would read what was added there.
Result<> JournalImpl::TakeUpSegments() {
  MutexLock lock(mutex_);
  std::vector<SegmentInfo>& segments = state_.segments;
  const bool prepared = !segments.empty() && segments.back().end == 0 && !segments.back().sealed &&
                        !segments.back().foreign && segments.back().number >= state_.covers;
  if (prepared) {
    TAMTAP_RETURN_IF_ERROR(writer_.AdoptPrepared(segments.back().number));
    segments.pop_back();
  }
  for (const SegmentInfo& segment : segments) {
    if (segment.sealed || segment.foreign) continue;
    const bool usable =
        &segment == &segments.back() && !segment.damaged && segment.number >= state_.covers;
    TAMTAP_RETURN_IF_ERROR(usable ? writer_.Resume(segment.number, segment.end)
                                  : writer_.Reaffirm(segment.number, segment.end));
  }
  return {};
}

WriteTicket JournalImpl::AddTap(const Record& record, bool confirmed) {
  const auto [ticket, offset] = log_.Add(scratch_, /*flush=*/true);
  Notes& notes = notes_[ticket % 2];
  if (notes.tap_count == notes.taps.size()) notes.taps.emplace_back();
  NotedTap& tap = notes.taps[notes.tap_count++];
  tap.sequence = ++last_given_;
  tap.offset = offset;
  tap.day.assign(record.day);
  tap.person.assign(record.person);
  tap.tapped_at_us = record.tapped_at_us;
  tap.vouched = record.clock != ClockState::kUnsure;
  tap.confirmed = confirmed;
  return ticket;
}

WriteTicket JournalImpl::AddLine(Line line) {
  const WriteTicket ticket = log_.Add(scratch_, /*flush=*/true).ticket;
  notes_[ticket % 2].lines.emplace_back(std::move(line));
  return ticket;
}

Result<> JournalImpl::Append(Record& record) {
  log_.WaitForRoom();
  WriteTicket ticket = 0;
  {
    MutexLock lock(mutex_);
    record.tap.terminal = options_.terminal;
    record.tap.generation = generation_;
    record.tap.sequence = last_given_ + 1;
    scratch_.clear();
    AppendTapLine(record.tap.sequence, boot_, clock_.MonotonicNow().time_since_epoch().count(),
                  record, scratch_);
    if (scratch_.size() > kMaxLineBytes || record.person.size() > kMaxPersonBytes ||
        !FieldsFit(record)) {
      record.tap = TapId{};
      return Error{ErrorCode::kRejected, "append a record to the journal", 0,
                   "it is too large for a line; shorten its fields"};
    }
    ticket = AddTap(record, /*confirmed=*/false);
  }
  if (auto committed = log_.Commit(ticket); !committed) {
    record.tap = TapId{};
    return committed;
  }
  if (wake_) wake_();
  return {};
}

Result<> JournalImpl::AppendImported(std::span<const ImportedTap> taps) {
  for (const ImportedTap& tap : taps) {
    if (tap.record.person.size() > kMaxPersonBytes) {
      return Error{ErrorCode::kRejected, "append an imported record to the journal", 0,
                   "its person has too long a name"};
    }
  }
  while (!taps.empty()) {
    log_.WaitForRoom();
    const auto together = taps.first(std::min(taps.size(), kImportedTogether));
    taps = taps.subspan(together.size());
    std::vector<WriteTicket> tickets;
    {
      MutexLock lock(mutex_);
      for (const ImportedTap& tap : together) {
        const uint64_t sequence = last_given_ + 1;
        scratch_.clear();
        const bool stamped = !tap.stamp.boot.empty();
        const int64_t mono_us =
            stamped ? tap.stamp.mono_us : clock_.MonotonicNow().time_since_epoch().count();
        AppendTapLine(sequence, stamped ? tap.stamp.boot : boot_, mono_us, tap.record, scratch_);
        if (tap.confirmed) {
          AppendOutcomeLine({sequence, sequence, TapOutcome::kConfirmed, {}}, scratch_);
        }
        tickets.push_back(AddTap(tap.record, tap.confirmed));
      }
    }
    Result<> all;
    for (const WriteTicket ticket : tickets) {
      if (auto committed = log_.Commit(ticket); !committed) all = std::move(committed);
    }
    TAMTAP_RETURN_IF_ERROR(std::move(all));
  }
  if (wake_) wake_();
  return {};
}

// A write that carries owed outcomes is flushed: if a later flush of its segment failed, all that
// was only written to it could be lost, and a void tap, of which nobody was told, would come back.
bool JournalImpl::BeforeWrite(std::string& lines) {
  MutexLock lock(mutex_);
  paying_ = std::exchange(owed_, {});
  for (const OutcomeLine& outcome : paying_) AppendOutcomeLine(outcome, lines);
  AppendRefusals(lines);
  return !paying_.empty();
}

void JournalImpl::AfterWrite(WriteTicket ticket, size_t bytes, const Result<Placement>& written) {
  MutexLock lock(mutex_);
  for (const uint64_t number : writer_.TakeBroken()) {
    for (SegmentInfo& segment : state_.segments) segment.broken |= segment.number == number;
  }
  Notes& notes = notes_[ticket % 2];
  if (written) {
    ApplyWritten(notes, bytes, *written);
  } else {
    LogError("journal: {}", written.error().Message());
    TakeBack(notes);
  }
  paying_.clear();
  notes.tap_count = 0;
  notes.lines.clear();
  notes.outcomes.clear();
  const bool behind = storage_.mirror && storage_.mirror->behind();
  if (behind || !owed_.empty() || RefusalsWait()) AskForMaintenance();
}

void JournalImpl::ApplyWritten(const Notes& notes, size_t bytes, const Placement& placement) {
  if (state_.segments.empty() || state_.segments.back().number != placement.segment) {
    AddSegment(placement.segment);
  }
  SegmentInfo& segment = state_.segments.back();
  for (size_t i = 0; i < notes.tap_count; ++i) {
    const NotedTap& tap = notes.taps[i];
    const TapSummary summary{tap.sequence,     boot_,      tap.day, tap.person,
                             tap.tapped_at_us, tap.vouched};
    segment.NoteTap(summary, placement.offset + tap.offset);
    state_.ledger.Apply(summary);
    if (tap.confirmed) {
      state_.ledger.Apply(OutcomeLine{tap.sequence, tap.sequence, TapOutcome::kConfirmed, {}});
    }
  }
  for (const Line& line : notes.lines) state_.ledger.Apply(line);
  RefusalsWritten(segment);
  segment.end = placement.offset + bytes;
  segment.bytes = std::max(segment.bytes, segment.end);
}

// Taps whose flush failed were never acknowledged: the next write that succeeds says so, before any
// tap of it is acknowledged. Outcomes hold all the same, and go with that write too.
void JournalImpl::TakeBack(Notes& notes) {
  TakeBackRefusals();
  owed_ = std::exchange(paying_, {});
  owed_.insert(owed_.end(), std::make_move_iterator(notes.outcomes.begin()),
               std::make_move_iterator(notes.outcomes.end()));
  if (notes.tap_count == 0) return;
  const OutcomeLine void_taps{
      notes.taps[0].sequence, notes.taps[notes.tap_count - 1].sequence, TapOutcome::kVoid, {}};
  state_.ledger.Apply(void_taps);
  owed_.push_back(void_taps);
}

std::optional<KnownTaps> JournalImpl::FindTaps(std::string_view day, std::string_view person) {
  if (person.size() > kMaxPersonBytes) return std::nullopt;  // such a tap is never taken
  MutexLock lock(mutex_);
  return state_.ledger.duplicates().Find(day, person);
}

std::optional<KnownTaps> JournalImpl::FindUnsureTaps(std::string_view day,
                                                     std::string_view person) {
  if (person.size() > kMaxPersonBytes) return std::nullopt;  // such a tap is never taken
  MutexLock lock(mutex_);
  return state_.ledger.unsure_duplicates().Find(day, person);
}

void JournalImpl::NoteTapped(std::string_view day, std::string_view person, const KnownTap& tap) {
  if (person.size() > kMaxPersonBytes) return;
  MutexLock lock(mutex_);
  state_.ledger.NoteTapped(day, person, tap);
}

std::optional<ClockLine> JournalImpl::ClockOf(std::string_view boot) {
  MutexLock lock(mutex_);
  const ClockLine* const clock = state_.ledger.ClockOf(boot);
  if (clock == nullptr) return std::nullopt;
  return *clock;
}

Result<ClockLine> JournalImpl::SetClock(const ClockLine& clock) {
  WriteTicket ticket = 0;
  {
    MutexLock lock(mutex_);
    if (const ClockLine* const known = state_.ledger.ClockOf(clock.boot)) return *known;
    scratch_.clear();
    AppendClockLine(clock, scratch_);
    ticket = AddLine(clock);
  }
  TAMTAP_RETURN_IF_ERROR(log_.Commit(ticket));
  MutexLock lock(mutex_);
  return *state_.ledger.ClockOf(clock.boot);
}

std::string JournalImpl::LastVouchedDay() {
  MutexLock lock(mutex_);
  return state_.ledger.last_vouched_day();
}

JournalImpl::Backlog JournalImpl::GetBacklog() {
  MutexLock lock(mutex_);
  const Ledger& ledger = state_.ledger;
  return {ledger.pending().size(), last_given_, ledger.unchecked().size(),
          ledger.refusals() - ledger.handed_refusals()};
}

JournalStatus JournalImpl::Status() {
  MutexLock lock(mutex_);
  JournalStatus status;
  status.journal = state_.journal;
  status.generation = generation_;
  status.records = state_.ledger.records();
  status.pending = state_.ledger.pending().size();
  status.quarantined = state_.ledger.quarantined().size();
  status.lost = state_.ledger.lost().size();
  status.confirmed = state_.ledger.confirmed();
  status.last_sequence = last_given_;
  status.segments = state_.segments.size();
  for (const SegmentInfo& segment : state_.segments) status.bytes += segment.bytes;
  status.unknown_lines = state_.unknown_lines;
  status.refusals = last_refusal_;
  status.handed_refusals = state_.ledger.handed_refusals();
  status.damage = state_.damage;
  if (storage_.mirror) status.mirror_problem = storage_.mirror->problem();
  return status;
}

}  // namespace tamtap::journal
