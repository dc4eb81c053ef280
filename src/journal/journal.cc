#include "journal/journal.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace tamtap::journal {
namespace {

constexpr size_t kMaxBatchBytes = 256 << 10;

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(JournalOptions options, Disk& disk, Clock& clock,
                                               Random& random) {
  if (!IsTerminalName(options.terminal)) {
    return Error{ErrorCode::kMisconfigured, fmt::format("terminal id '{}'", options.terminal), 0,
                 "use 1 to 32 letters, digits, '-' or '_'"};
  }
  TAMTAP_TRY(Storage storage, TakeStorage(options, disk));
  RecoverOptions recover;
  recover.directory = options.directory;
  recover.first_indexed_day = options.first_indexed_day;
  TAMTAP_TRY(JournalState state, Recover(disk, recover));
  for (const Damage& damage : state.damage) {
    LogWarning("journal: {} in segment {} at {}, {} bytes", ToString(damage.kind), damage.segment,
               damage.offset, damage.length);
  }
  if (state.journal.empty()) state.journal = random.Hex(8);
  // Not make_unique: the constructor is private.
  Disk& used = storage.mirror ? *storage.mirror : disk;
  std::unique_ptr<Journal> journal(new Journal(std::move(options), used, clock, std::move(storage),
                                               std::move(state), random.Hex(8)));
  TAMTAP_RETURN_IF_ERROR(journal->Start());
  return journal;
}

Result<Journal::Storage> Journal::TakeStorage(const JournalOptions& options, Disk& disk) {
  Storage storage;
  TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(options.directory));
  TAMTAP_TRY(storage.lock, disk.Lock(JoinPath(options.directory, "lock")));
  if (options.mirror.empty()) return storage;
  storage.mirror = std::make_unique<MirroredDisk>(disk, options.directory, options.mirror);
  // Taps are taken without a mirror too, but two journals in one mirror would destroy each other.
  auto mirror_lock = disk.Lock(JoinPath(options.mirror, "lock"));
  if (!mirror_lock && mirror_lock.error().errno_value == EWOULDBLOCK) return mirror_lock.error();
  Result<> usable;
  if (mirror_lock) {
    storage.mirror_lock = *std::move(mirror_lock);
    usable = Reconcile(disk, options.directory, options.mirror);
  } else {
    usable = mirror_lock.error();
  }
  if (!usable) storage.mirror->NoteBehind(usable.error());
  return storage;
}

Journal::Journal(JournalOptions options, Disk& disk, Clock& clock, Storage storage,
                 JournalState state, std::string generation)
    : options_(std::move(options)),
      storage_(std::move(storage)),
      disk_(disk),
      clock_(clock),
      generation_(std::move(generation)),
      boot_(clock.BootId()),
      boot_first_sequence_(state.last_boot == boot_ ? state.boot_first_sequence
                                                    : state.last_sequence + 1),
      writer_(disk, {options_.directory, state.journal, options_.segment_bytes},
              state.segments.empty() ? state.retired.segments : state.segments.back().number),
      state_(std::move(state)) {
  for (Batch& batch : batches_) batch.bytes.reserve(2 * kMaxBatchBytes);
}

Journal::~Journal() {
  {
    MutexLock lock(
        mutex_);  // or the request could slip in between the thread's check and its sleep
    maintenance_.request_stop();
  }
  maintain_.NotifyAll();
}

Result<> Journal::Start() {
  MutexLock lock(mutex_);
  std::vector<SegmentInfo>& segments = state_.segments;
  if (!segments.empty() && segments.back().end == 0 && !segments.back().sealed) {
    TAMTAP_RETURN_IF_ERROR(writer_.AdoptPrepared(segments.back().number));
    segments.pop_back();
  }
  for (const SegmentInfo& segment : segments) {
    if (segment.sealed) continue;
    const bool usable = &segment == &segments.back() && !segment.damaged;
    TAMTAP_RETURN_IF_ERROR(usable ? writer_.Resume(segment.number, segment.end)
                                  : writer_.Reaffirm(segment.number, segment.end));
  }

  StartLine start;
  start.terminal = options_.terminal;
  start.generation = generation_;
  start.previous_generation = state_.generation;
  start.previous_last_sequence = state_.last_sequence;
  start.boot = boot_;
  start.at_us = clock_.Now().time_since_epoch().count();
  state_.generation = generation_;
  AppendStartLine(start, filling_->bytes);
  filling_->sync = true;
  TAMTAP_RETURN_IF_ERROR(Commit());
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

void Journal::AddTap(const Record& record, bool confirmed) {
  Batch& batch = *filling_;
  if (batch.tap_count == batch.taps.size()) batch.taps.emplace_back();
  BatchedTap& tap = batch.taps[batch.tap_count++];
  tap.sequence = state_.last_sequence;
  tap.offset = batch.bytes.size();
  tap.day.assign(record.day);
  tap.person.assign(record.person);
  tap.confirmed = confirmed;
  AppendTapLine(tap.sequence, boot_, clock_.MonotonicNow().time_since_epoch().count(), record,
                batch.bytes);
  batch.sync = true;
}

Result<> Journal::Append(Record& record) {
  {
    MutexLock lock(mutex_);
    while (filling_->bytes.size() >= kMaxBatchBytes) {
      if (leading_) {
        committed_.Wait(mutex_);
      } else {
        Lead();
      }
    }
    const size_t start = filling_->bytes.size();
    record.tap.terminal = options_.terminal;
    record.tap.generation = generation_;
    record.tap.sequence = ++state_.last_sequence;
    AddTap(record, /*confirmed=*/false);
    if (filling_->bytes.size() - start > kMaxLineBytes || record.person.size() > kMaxPersonBytes) {
      // Nothing of it is written: the number is free again.
      filling_->bytes.resize(start);
      --filling_->tap_count;
      --state_.last_sequence;
      record.tap = TapId{};
      return Error{ErrorCode::kRejected, "append a record to the journal", 0,
                   "it is too large for a line; shorten its fields"};
    }
    if (auto committed = Commit(); !committed) {
      record.tap = TapId{};
      return committed;
    }
  }
  if (wake_) wake_();
  return {};
}

Result<> Journal::AppendImported(std::span<const ImportedTap> taps) {
  {
    MutexLock lock(mutex_);
    for (const ImportedTap& tap : taps) {
      if (filling_->bytes.size() >= kMaxBatchBytes) TAMTAP_RETURN_IF_ERROR(Commit());
      ++state_.last_sequence;
      AddTap(tap.record, tap.confirmed);
      if (tap.confirmed) {
        AppendOutcomeLine({state_.last_sequence, state_.last_sequence, TapOutcome::kConfirmed, {}},
                          filling_->bytes);
      }
    }
    TAMTAP_RETURN_IF_ERROR(Commit());
  }
  if (wake_) wake_();
  return {};
}

Result<> Journal::Commit() {
  const uint64_t ticket = filling_ticket_;
  ++filling_->waiters;
  while (done_ticket_ < ticket) {
    if (leading_) {
      committed_.Wait(mutex_);
    } else {
      Lead();
    }
  }
  const auto failure = failures_.find(ticket);
  if (failure == failures_.end()) return {};
  Error error = failure->second.error;
  if (--failure->second.waiters == 0) failures_.erase(failure);
  return error;
}

void Journal::Lead() {
  CHECK(!leading_);
  leading_ = true;
  Batch& batch = *filling_;
  const uint64_t ticket = filling_ticket_++;
  filling_ = filling_ == &batches_[0] ? &batches_[1] : &batches_[0];
  // What could not be written before; numbers whose flush failed were never acknowledged.
  std::vector<OutcomeLine> unsaid = std::exchange(unsaid_, {});
  for (const OutcomeLine& outcome : unsaid) AppendOutcomeLine(outcome, batch.bytes);

  mutex_.Unlock();
  const Result<Placement> written = writer_.Write(batch.bytes, batch.sync);
  mutex_.Lock();

  for (const uint64_t number : writer_.TakeBroken()) {
    for (SegmentInfo& segment : state_.segments) segment.broken |= segment.number == number;
  }
  if (written) {
    Apply(batch, *written);
    for (const OutcomeLine& outcome : unsaid) {
      if (outcome.outcome == TapOutcome::kVoid) {
        state_.voided.InsertRange({outcome.first, outcome.last});
      }
    }
  } else {
    LogError("journal: {}", written.error().Message());
    unsaid.insert(unsaid.end(), std::make_move_iterator(batch.outcomes.begin()),
                  std::make_move_iterator(batch.outcomes.end()));
    if (batch.tap_count > 0) {
      const uint64_t last = batch.taps[batch.tap_count - 1].sequence;
      unsaid.push_back({batch.taps[0].sequence, last, TapOutcome::kVoid, {}});
    }
    // Those of the batch that is being filled meanwhile come after them.
    unsaid_.insert(unsaid_.begin(), std::make_move_iterator(unsaid.begin()),
                   std::make_move_iterator(unsaid.end()));
    if (batch.waiters > 0) failures_.emplace(ticket, Failure{written.error(), batch.waiters});
  }
  batch.bytes.clear();
  batch.outcomes.clear();
  batch.tap_count = 0;
  batch.waiters = 0;
  batch.sync = false;
  done_ticket_ = ticket;
  leading_ = false;
  committed_.NotifyAll();
  const bool behind = storage_.mirror && storage_.mirror->behind();
  if ((behind || !unsaid_.empty()) && !maintenance_due_) {
    maintenance_due_ = true;
    maintain_.NotifyAll();
  }
}

void Journal::Apply(const Batch& batch, const Placement& placement) {
  if (state_.segments.empty() || state_.segments.back().number != placement.segment) {
    AddSegment(placement.segment);
  }
  SegmentInfo& segment = state_.segments.back();
  for (size_t i = 0; i < batch.tap_count; ++i) {
    const BatchedTap& tap = batch.taps[i];
    segment.NoteTap(tap.sequence, tap.day, placement.offset + tap.offset);
    ++state_.total_records;
    if (!tap.confirmed) state_.pending.Insert(tap.sequence);
    state_.duplicates.Insert(tap.day, tap.person, tap.sequence);
    segment.last_sequence_after = tap.sequence;
    if (tap.day > state_.last_day) state_.last_day = tap.day;
  }
  segment.end = placement.offset + batch.bytes.size();
  segment.bytes = std::max(segment.bytes, segment.end);
  segment.total_records_after = state_.total_records;
}

SegmentInfo& Journal::SegmentAt(uint64_t number) {
  const auto segment = std::find_if(state_.segments.rbegin(), state_.segments.rend(),
                                    [&](const SegmentInfo& each) { return each.number == number; });
  CHECK(segment != state_.segments.rend());
  return *segment;
}

void Journal::AddSegment(uint64_t number) {
  SegmentInfo segment;
  segment.number = number;
  segment.bytes = options_.segment_bytes;
  segment.generation_after = generation_;
  segment.last_sequence_after =
      state_.segments.empty() ? 0 : state_.segments.back().last_sequence_after;
  segment.sparse.reserve(options_.segment_bytes / (500 * kSparseEvery));
  state_.segments.push_back(std::move(segment));
  maintenance_due_ = true;
  maintain_.NotifyAll();
}

std::optional<uint64_t> Journal::FindTap(std::string_view day, std::string_view person) {
  if (person.size() > kMaxPersonBytes) return std::nullopt;  // such a tap is never taken
  MutexLock lock(mutex_);
  return state_.duplicates.Find(day, person);
}

void Journal::RecordOutcome(const OutcomeLine& outcome) {
  AppendOutcomeLine(outcome, filling_->bytes);
  filling_->outcomes.push_back(outcome);
  state_.Apply(outcome);
}

void Journal::Confirm(std::span<const uint64_t> sequences) {
  MutexLock lock(mutex_);
  for (size_t i = 0; i < sequences.size();) {
    size_t next = i + 1;
    while (next < sequences.size() && sequences[next] == sequences[next - 1] + 1) ++next;
    RecordOutcome({sequences[i], sequences[next - 1], TapOutcome::kConfirmed, {}});
    i = next;
  }
  // A failure is logged where it happens, and the outcome is written with the next line that can
  // be.
  if (const auto committed = Commit(); !committed) return;
}

void Journal::Quarantine(uint64_t sequence, std::string_view reason) {
  MutexLock lock(mutex_);
  if (!state_.pending.Contains(sequence)) return;
  RecordOutcome({sequence, sequence, TapOutcome::kQuarantined, std::string(reason.substr(0, 500))});
  if (const auto committed = Commit(); !committed) return;  // as in Confirm
}

uint64_t Journal::Requeue(std::span<const uint64_t> sequences) {
  uint64_t requeued = 0;
  {
    MutexLock lock(mutex_);
    std::vector<uint64_t> chosen(sequences.begin(), sequences.end());
    if (chosen.empty()) {
      for (const auto& [sequence, reason] : state_.quarantined) chosen.push_back(sequence);
    }
    for (const uint64_t sequence : chosen) {
      if (!state_.quarantined.contains(sequence)) continue;
      RecordOutcome({sequence, sequence, TapOutcome::kRequeued, {}});
      ++requeued;
    }
    if (requeued == 0) return 0;
    filling_->sync = true;  // a person asked for it
    if (const auto committed = Commit(); !committed) {
      LogError("journal: the requeue holds until the next start only");
    }
  }
  if (wake_) wake_();
  return requeued;
}

std::optional<ClockLine> Journal::ClockOf(std::string_view boot) {
  MutexLock lock(mutex_);
  const ClockLine* const clock = state_.ClockOf(boot);
  if (clock == nullptr) return std::nullopt;
  return *clock;
}

Result<ClockLine> Journal::SetClock(const ClockLine& clock) {
  MutexLock lock(mutex_);
  if (const ClockLine* const known = state_.ClockOf(clock.boot)) return *known;
  AppendClockLine(clock, filling_->bytes);
  filling_->sync = true;
  TAMTAP_RETURN_IF_ERROR(Commit());
  state_.Add(clock);
  return clock;
}

void Journal::NoteDay(std::string_view day, std::string_view person, uint64_t sequence) {
  if (person.size() > kMaxPersonBytes) return;
  MutexLock lock(mutex_);
  // Who tapped here too is known better already.
  if (sequence == kOtherGate && state_.duplicates.Find(day, person)) return;
  state_.duplicates.Insert(day, person, sequence);
}

std::string Journal::LastDay() {
  MutexLock lock(mutex_);
  return state_.last_day;
}

Journal::Backlog Journal::GetBacklog() {
  MutexLock lock(mutex_);
  return {state_.pending.size(), state_.last_sequence};
}

JournalStatus Journal::Status() {
  MutexLock lock(mutex_);
  JournalStatus status;
  status.generation = generation_;
  status.records = state_.total_records;
  status.pending = state_.pending.size();
  status.quarantined = state_.quarantined.size();
  status.confirmed = state_.Confirmed();
  status.last_sequence = state_.last_sequence;
  status.segments = state_.segments.size();
  for (const SegmentInfo& segment : state_.segments) status.bytes += segment.bytes;
  status.unknown_lines = state_.unknown_lines;
  status.damage = state_.damage;
  if (storage_.mirror) status.mirror_problem = storage_.mirror->problem();
  return status;
}

}  // namespace tamtap::journal
