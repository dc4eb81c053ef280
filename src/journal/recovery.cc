#include "journal/recovery.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"

namespace tamtap::journal {
namespace {

// Far more than a segment ever gets: such a file is none of ours, and is not read into memory.
constexpr uint64_t kLargestSegmentBytes = 256 << 20;

// Replays one segment's lines into the state.
class Replay final : public LineVisitor {
 public:
  // `apply`: lines change the state. Without it they only fill `segment` and the duplicate index,
  // since a later seal already holds what they say.
  Replay(const RecoverOptions& options, bool apply, SegmentInfo& segment, SequenceSet& seen,
         JournalState& state)
      : options_(options), apply_(apply), segment_(segment), seen_(seen), state_(state) {}

  bool foreign() const { return foreign_; }

  void OnLine(uint64_t offset, const LineView& line) override {
    if (foreign_) return;
    switch (line.type) {
      case LineType::kSegment:
        return OnSegment(line);
      case LineType::kStart:
        return OnStart(line);
      case LineType::kTap:
        return OnTap(offset, line);
      case LineType::kOutcome:
        return OnOutcome(line);
      case LineType::kClock:
        return OnClock(line);
      case LineType::kSeal:
        return OnSeal(line);
      case LineType::kRetired:
        return;
      case LineType::kUnknown:
        ++state_.unknown_lines;
        return;
    }
  }

  void OnDamage(uint64_t offset, uint64_t length, DamageKind kind) override {
    segment_.damaged = true;
    state_.damage.push_back({kind, segment_.number, offset, length});
  }

 private:
  void OnSegment(const LineView& line) {
    const auto header = ParseSegmentLine(line.text);
    if (!header) return CountUnknown(header.error());
    if (state_.journal.empty()) state_.journal = header->journal;
    foreign_ = header->number != segment_.number || header->journal != state_.journal;
  }

  void OnStart(const LineView& line) {
    const auto start = ParseStartLine(line.text);
    if (!start) return CountUnknown(start.error());
    if (!apply_) return;
    state_.generation = start->generation;
    // Numbers that the generation before gave away may be gone from here; they are not reused.
    state_.last_sequence = std::max(state_.last_sequence, start->previous_last_sequence);
  }

  void OnTap(uint64_t offset, const LineView& line) {
    segment_.NoteTap(line.sequence, line.day, offset);
    if (line.boot != state_.last_boot) {
      state_.last_boot = line.boot;
      state_.boot_first_sequence = line.sequence;
    }
    const bool indexed =
        line.day >= options_.first_indexed_day && line.person.size() <= kMaxPersonBytes;
    // The word that a tap was never acknowledged may stand in a segment that is skipped, after a
    // clock that went back; the newest seal has it too.
    if (indexed && !state_.voided.Contains(line.sequence)) {
      state_.duplicates.Insert(line.day, line.person, line.sequence);
    }
    state_.last_sequence = std::max(state_.last_sequence, line.sequence);
    // Also of lines that a seal speaks for: a flush that failed may have left the same tap in two
    // segments, the first of them sealed since.
    if (seen_.Contains(line.sequence)) return;
    seen_.Insert(line.sequence);
    if (!apply_) return;
    ++state_.total_records;
    state_.pending.Insert(line.sequence);
  }

  void OnClock(const LineView& line) {
    const auto clock = ParseClockLine(line.text);
    if (!clock) return CountUnknown(clock.error());
    if (apply_) state_.Add(*clock);
  }

  void OnSeal(const LineView& line) {
    const auto seal = ParseSealLine(line.text);
    if (!seal) return CountUnknown(seal.error());
    // Taps that it knew and that are gone are missed.
    if (seal->journal == state_.journal) {
      state_.last_sequence = std::max(state_.last_sequence, seal->journal_last_sequence);
    }
  }

  void OnOutcome(const LineView& line) {
    const auto outcome = ParseOutcomeLine(line.text);
    if (!outcome) return CountUnknown(outcome.error());
    if (outcome->outcome == TapOutcome::kVoid) {
      state_.duplicates.Erase(outcome->first, outcome->last);
    }
    if (!apply_) return;
    if (outcome->outcome == TapOutcome::kVoid) ForgetVoid(*outcome);
    state_.Apply(*outcome);
    // Whatever became of it, the number was given away, also if its line is lost.
    state_.last_sequence = std::max(state_.last_sequence, outcome->last);
  }

  // The segments before counted those taps; their seals must not, since by then they are no
  // pending ones for this line to take off again.
  void ForgetVoid(const OutcomeLine& outcome) {
    for (SegmentInfo& each : state_.segments) {
      const uint64_t last = std::min(outcome.last, each.last_sequence_after);
      if (last < outcome.first) continue;
      each.total_records_after -=
          std::min(each.total_records_after, state_.pending.CountIn({outcome.first, last}));
    }
  }

  void CountUnknown(const Error& error) {
    ++state_.unknown_lines;
    LogWarning("{}", error.Message());
  }

  const RecoverOptions& options_;
  const bool apply_;
  SegmentInfo& segment_;
  SequenceSet& seen_;
  JournalState& state_;
  bool foreign_ = false;
};

void ApplySeal(const SealLine& seal, JournalState& state) {
  state.journal = seal.journal;
  state.generation = seal.generation;
  state.last_sequence = seal.journal_last_sequence;
  state.total_records = seal.total_records;
  for (const SequenceRange& range : seal.pending) state.pending.InsertRange(range);
  for (const QuarantinedTap& tap : seal.quarantined) {
    state.quarantined.emplace(tap.sequence, tap.reason);
  }
  for (const ClockLine& clock : seal.clocks) state.Add(clock);
  for (const SequenceRange& range : seal.voided) state.voided.InsertRange(range);
}

// Numbers rise by one; one that no line has, and that was not voided, was lost.
void ReportGaps(SequenceSet seen, JournalState& state) {
  for (const SequenceRange& range : state.voided.RangesUpTo(state.last_sequence)) {
    seen.InsertRange(range);
  }
  uint64_t next = state.retired.last_sequence + 1;
  for (const SequenceRange& range : seen.RangesUpTo(state.last_sequence)) {
    if (range.first > next) {
      state.damage.push_back({DamageKind::kMissingTaps, 0, next, range.first - next});
    }
    next = std::max(next, range.last + 1);
  }
  if (next <= state.last_sequence) {
    state.damage.push_back({DamageKind::kMissingTaps, 0, next, state.last_sequence - next + 1});
  }
}

SegmentInfo InfoFrom(const SealLine& seal, uint64_t number, uint64_t bytes) {
  SegmentInfo segment;
  segment.number = number;
  segment.bytes = bytes;
  segment.end = bytes;
  segment.records = seal.records;
  segment.first_sequence = seal.first_sequence;
  segment.last_sequence = seal.last_sequence;
  segment.first_day = seal.first_day;
  segment.last_day = seal.last_day;
  segment.sealed = true;
  segment.generation_after = seal.generation;
  segment.last_sequence_after = seal.journal_last_sequence;
  segment.total_records_after = seal.total_records;
  return segment;
}

}  // namespace

void SegmentInfo::NoteTap(uint64_t sequence, std::string_view day, uint64_t offset) {
  if (records % kSparseEvery == 0) sparse.push_back({sequence, offset});
  ++records;
  if (first_sequence == 0) first_sequence = sequence;
  first_sequence = std::min(first_sequence, sequence);
  last_sequence = std::max(last_sequence, sequence);
  if (first_day.empty() || day < first_day) first_day = day;
  if (day > last_day) last_day = day;
}

void JournalState::Add(const ClockLine& clock) {
  if (ClockOf(clock.boot) != nullptr) return;
  if (clocks.size() == kClocksKept) clocks.erase(clocks.begin());
  clocks.push_back(clock);
}

const ClockLine* JournalState::ClockOf(std::string_view boot) const {
  const auto clock = std::find_if(clocks.begin(), clocks.end(),
                                  [&](const ClockLine& each) { return each.boot == boot; });
  return clock == clocks.end() ? nullptr : &*clock;
}

void JournalState::Apply(const OutcomeLine& outcome) {
  switch (outcome.outcome) {
    case TapOutcome::kConfirmed:
      pending.EraseRange({outcome.first, outcome.last});
      quarantined.erase(quarantined.lower_bound(outcome.first),
                        quarantined.upper_bound(outcome.last));
      return;
    case TapOutcome::kQuarantined:
      for (uint64_t sequence = outcome.first; sequence <= outcome.last; ++sequence) {
        if (pending.EraseRange({sequence, sequence}) > 0) {
          quarantined.emplace(sequence, outcome.reason);
        }
      }
      return;
    case TapOutcome::kRequeued:
      for (auto tap = quarantined.lower_bound(outcome.first);
           tap != quarantined.end() && tap->first <= outcome.last;) {
        pending.Insert(tap->first);
        tap = quarantined.erase(tap);
      }
      return;
    case TapOutcome::kVoid:
      total_records -= std::min(total_records, pending.EraseRange({outcome.first, outcome.last}));
      voided.InsertRange({outcome.first, outcome.last});
      return;
  }
}

Result<JournalState> Recover(Disk& disk, const RecoverOptions& options) {
  JournalState state;
  TAMTAP_TRY(std::vector<uint64_t> numbers, ListSegments(disk, options.directory));
  TAMTAP_TRY(state.retired, ReadRetired(disk, options.directory));
  state.journal = state.retired.journal;
  state.generation = state.retired.generation;
  state.last_sequence = state.retired.last_sequence;
  state.total_records = state.retired.total_records;
  const auto first_kept = std::upper_bound(numbers.begin(), numbers.end(), state.retired.segments);
  state.left_behind.assign(numbers.begin(), first_kept);
  numbers.erase(numbers.begin(), first_kept);

  const auto path = [&](uint64_t number) {
    return JoinPath(options.directory, SegmentName(number));
  };

  std::map<uint64_t, SealLine> seals;
  std::string journal = state.journal;
  for (const uint64_t number : numbers) {
    if (options.read_everything) break;
    TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path(number), OpenMode::kRead));
    TAMTAP_TRY(const std::optional<SegmentLine> header, ReadHeader(*file));
    if (!header || header->number != number) continue;
    if (journal.empty()) journal = header->journal;
    TAMTAP_TRY(std::optional<SealLine> seal, ReadSeal(*file));
    // A foreign segment's seal says nothing of this journal.
    const bool ours = seal && header->journal == journal && seal->journal == journal;
    if (ours) seals.emplace(number, *std::move(seal));
  }
  // The newest seal holds the state up to its end; what comes after it is replayed.
  const uint64_t newest_seal = seals.empty() ? 0 : seals.rbegin()->first;
  if (newest_seal != 0) ApplySeal(seals.rbegin()->second, state);

  SequenceSet seen;
  if (state.retired.last_sequence > 0) seen.InsertRange({1, state.retired.last_sequence});
  uint64_t previous = state.retired.segments;
  for (const uint64_t number : numbers) {
    if (number != previous + 1) {
      state.damage.push_back({DamageKind::kMissingSegment, previous + 1, 0, number - previous - 1});
    }
    previous = number;

    SegmentInfo segment;
    const auto seal = seals.find(number);
    const bool skip = seal != seals.end() && seal->second.last_day < options.first_indexed_day;
    TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path(number), OpenMode::kRead));
    TAMTAP_TRY(const uint64_t bytes, file->Size());
    if (skip) {
      const SealLine& sealed = seal->second;
      if (sealed.records > 0) seen.InsertRange({sealed.first_sequence, sealed.last_sequence});
      state.segments.push_back(InfoFrom(sealed, number, bytes));
      continue;
    }
    segment.number = number;
    segment.bytes = bytes;
    if (bytes > kLargestSegmentBytes) {
      state.damage.push_back({DamageKind::kForeignSegment, number, 0, 0});
      segment.damaged = true;
      state.segments.push_back(std::move(segment));
      continue;
    }
    TAMTAP_TRY(const std::string content, ReadFile(disk, path(number)));
    segment.sealed = seal != seals.end();
    Replay replay(options, number > newest_seal, segment, seen, state);
    segment.end = ScanLines(content, /*at_end=*/!segment.sealed, replay);
    if (replay.foreign()) {
      state.damage.push_back({DamageKind::kForeignSegment, number, 0, 0});
      segment.damaged = true;
    }
    segment.generation_after = state.generation;
    segment.last_sequence_after = state.last_sequence;
    segment.total_records_after = state.total_records;
    state.segments.push_back(std::move(segment));
  }
  for (const SegmentInfo& segment : state.segments) {
    state.last_day = std::max(state.last_day, segment.last_day);
  }
  // A seal or a lost confirmation may still call taps pending that left, confirmed, with their
  // segment.
  if (state.retired.last_sequence > 0) {
    state.Apply({1, state.retired.last_sequence, TapOutcome::kConfirmed, {}});
  }
  if (options.read_everything) ReportGaps(seen, state);
  return state;
}

}  // namespace tamtap::journal
