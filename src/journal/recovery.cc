#include "journal/recovery.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "tap/school_time.h"

namespace tamtap::journal {
namespace {

// Far more than a segment ever gets: such a file is none of ours, and is not read into memory.
constexpr uint64_t kLargestSegmentBytes = 256 << 20;
// Of what is read for the duplicate check alone; two days of a large school are a tenth of it.
constexpr uint64_t kMostWantedBytes = 64 << 20;
// Yesterday, today and tomorrow.
constexpr int kShownDays = 2;

// A segment before its lines are read.
struct FoundSegment {
  uint64_t number = 0;
  uint64_t bytes = 0;
  Owner owner = Owner::kOurs;
  std::optional<SealLine> seal;  // of ours only
  bool wanted = false;
};

// Hands a segment's lines to the ledger.
class Replay final : public LineVisitor {
 public:
  Replay(Treatment treatment, SegmentInfo& segment, SequenceSet& seen, JournalState& state)
      : treatment_(treatment), segment_(segment), seen_(seen), state_(state) {}

  void OnLine(uint64_t offset, const LineView& line) override {
    if (line.type == LineType::kUnknown) ++state_.unknown_lines;
    if (line.type == LineType::kTap) {
      const TapSummary tap = SummaryOf(line);
      segment_.NoteTap(tap, offset);
      seen_.Insert(tap.sequence);
      return state_.ledger.Apply(tap);
    }
    if (line.type == LineType::kRefusal) {
      segment_.NoteRefusal(line.refusal);
    } else if (treatment_ == Treatment::kReadTaps) {
      return;  // the checkpoint knows better what became of the taps
    }
    const auto parsed = ParseLine(line);
    if (!parsed) {
      ++state_.unknown_lines;
      LogWarning("{}", parsed.error().Message());
    } else if (*parsed) {
      state_.ledger.Apply(**parsed);
    }
  }

  void OnDamage(uint64_t offset, uint64_t length, DamageKind kind) override {
    segment_.damaged = true;
    state_.damage.push_back({kind, segment_.number, offset, length});
  }

 private:
  const Treatment treatment_;
  SegmentInfo& segment_;
  SequenceSet& seen_;
  JournalState& state_;
};

class Recovery {
 public:
  Recovery(Disk& disk, const RecoverOptions& options) : disk_(disk), options_(options) {}

  Result<JournalState> Run() {
    TAMTAP_RETURN_IF_ERROR(Find());
    ChooseCheckpoint();
    ChooseWanted();
    uint64_t previous = state_.retired.segments;
    for (const FoundSegment& found : found_) {
      const uint64_t number = found.number;
      if (number > previous + 1) {
        state_.damage.push_back(
            {DamageKind::kMissingSegment, previous + 1, 0, number - previous - 1});
      }
      previous = std::max(previous, number);
      TAMTAP_RETURN_IF_ERROR(Treat(found));
    }
    SettleWhatLeft();
    state_.ledger.EndReplay();
    state_.ledger.IndexDuplicatesOf({{}});  // what is tapped from now on is known, whatever its day
    for (const SequenceRange& lost : state_.ledger.lost().ranges()) {
      for (const SequenceRange& range : seen_.RangesIn(lost)) {
        state_.found_again.InsertRange(range);
      }
    }
    if (options_.read_everything) ReportGaps();
    return std::move(state_);
  }

 private:
  std::string PathOf(uint64_t number) const {
    return JoinPath(options_.directory, SegmentName(number));
  }

  // Looks at the beginning and the end of each segment.
  Result<> Find() {
    TAMTAP_TRY(state_.retired, ReadRetired(disk_, options_.directory));
    state_.journal =
        options_.journal.empty() ? state_.retired.checkpoint.journal : options_.journal;
    // Of other segments, with the same names.
    if (state_.retired.checkpoint.journal != state_.journal) state_.retired = RetiredLine();
    TAMTAP_TRY(const std::vector<uint64_t> numbers, ListSegments(disk_, options_.directory));
    for (const uint64_t number : numbers) {
      FoundSegment found;
      found.number = number;
      if (number > state_.retired.segments) {
        TAMTAP_TRY(const std::unique_ptr<File> file, disk_.Open(PathOf(number), OpenMode::kRead));
        TAMTAP_TRY(found.bytes, file->Size());
        TAMTAP_TRY(const std::optional<SegmentLine> header, ReadHeader(*file));
        if (header && header->number == number && state_.journal.empty()) {
          state_.journal = header->journal;
        }
        const bool foreign =
            header && (header->number != number || header->journal != state_.journal);
        if (foreign || found.bytes > kLargestSegmentBytes) found.owner = Owner::kOther;
        if (header && !foreign && !options_.read_everything) {
          TAMTAP_TRY(found.seal, ReadSeal(*file));
          // Bytes of another journal may have been copied after our first line.
          if (found.seal && found.seal->checkpoint.journal != state_.journal) found.seal.reset();
          // Release 0.1.0 did not write what a checkpoint covers: all up to its own segment.
          if (found.seal && found.seal->checkpoint.number == 0) {
            found.seal->checkpoint.covers = number + 1;
          }
        }
      }
      found_.push_back(std::move(found));
    }
    return {};
  }

  // Begins the ledger with the newest checkpoint there is. Release 0.1.0 did not number them, and
  // what it wrote down when segments left could name taps that did not leave: of that no more is
  // believed than how many segments and taps left.
  void ChooseCheckpoint() {
    const Checkpoint* newest = nullptr;
    const auto consider = [&](const Checkpoint& checkpoint) {
      const bool newer =
          newest == nullptr || checkpoint.number > newest->number ||
          (checkpoint.number == newest->number && checkpoint.covers > newest->covers);
      if (newer) newest = &checkpoint;
    };
    for (const FoundSegment& found : found_) {
      if (found.seal) consider(found.seal->checkpoint);
    }
    const Checkpoint& at_retirement = state_.retired.checkpoint;
    state_.checkpoints = std::max(at_retirement.number, newest == nullptr ? 0 : newest->number);
    if (at_retirement.number > 0 && !options_.read_everything) consider(at_retirement);
    Checkpoint only_what_left;
    if (newest == nullptr) {
      only_what_left.generation = at_retirement.generation;
      only_what_left.total_records = state_.retired.records;
      newest = &only_what_left;
    }
    numbered_ = newest->number > 0;
    state_.covers = newest->covers;
    state_.ledger = Ledger(*newest);
  }

  // Chooses the sealed segments that are read all the same, for the duplicate check.
  void ChooseWanted() {
    const std::string& vouched = state_.ledger.last_vouched_day();
    const std::string& shown = options_.first_indexed_day;
    std::vector<DayRange> days = {{shown}};
    if (!options_.clock_is_vouched && IsDay(shown)) {
      days = {{AddDays(vouched, -1)}, {shown, AddDays(shown, kShownDays)}};
    }
    uint64_t wanted_bytes = 0;
    for (auto found = found_.rbegin(); found != found_.rend(); ++found) {
      if (!found->seal || found->seal->records == 0) continue;
      const SealLine& seal = *found->seal;
      const bool of_these_days = std::any_of(days.begin(), days.end(), [&](const DayRange& each) {
        return seal.last_day >= each.first && seal.first_day <= each.last;
      });
      if (!of_these_days) continue;
      wanted_bytes += found->bytes;
      if (wanted_bytes > kMostWantedBytes) break;
      found->wanted = true;
    }
    state_.ledger.IndexDuplicatesOf(std::move(days));
  }

  Treatment TreatmentOf(const FoundSegment& found) const {
    Place place = found.number < state_.covers ? Place::kCovered : Place::kAfter;
    if (found.number <= state_.retired.segments) place = Place::kLeft;
    const auto row = std::find_if(
        std::begin(kRecoveryCases), std::end(kRecoveryCases), [&](const RecoveryCase& each) {
          return Matches(each, place, found.owner, found.seal.has_value(), found.wanted);
        });
    CHECK(row != std::end(kRecoveryCases));
    return row->treatment;
  }

  Result<> Treat(const FoundSegment& found) {
    const Treatment treatment = TreatmentOf(found);
    switch (treatment) {
      case Treatment::kLeave:
        state_.left_behind.push_back(found.number);
        return {};
      case Treatment::kReport: {
        state_.damage.push_back({DamageKind::kForeignSegment, found.number, 0, 0});
        SegmentInfo foreign;
        foreign.number = found.number;
        foreign.bytes = foreign.end = found.bytes;
        foreign.foreign = true;
        state_.segments.push_back(std::move(foreign));
        return {};
      }
      case Treatment::kSkip:
        state_.segments.push_back(SegmentInfo::From(*found.seal, found.number, found.bytes));
        // The newest checkpoint may be of a release that knows no refusals.
        state_.ledger.Apply(RefusalSummary{found.seal->last_refusal});
        return {};
      case Treatment::kReadTaps:
      case Treatment::kReplay:
        return Read(found, treatment);
    }
    return {};
  }

  Result<> Read(const FoundSegment& found, Treatment treatment) {
    SegmentInfo segment;
    segment.number = found.number;
    segment.bytes = found.bytes;
    segment.sealed = found.seal.has_value();
    TAMTAP_TRY(const std::string content, ReadFile(disk_, PathOf(found.number)));
    Replay replay(treatment, segment, seen_, state_);
    segment.end = ScanLines(content, /*at_end=*/!segment.sealed, replay);
    state_.segments.push_back(std::move(segment));
    return {};
  }

  // The number of the first tap that has not left.
  uint64_t FirstKept() const {
    const uint64_t given = state_.retired.checkpoint.last_sequence;
    uint64_t first = std::max(state_.ledger.last_sequence(), given) + 1;
    for (const SegmentInfo& segment : state_.segments) {
      if (segment.records > 0) first = std::min(first, segment.first_sequence);
    }
    return first;
  }

  // A checkpoint with a number says what became of the taps that left. Release 0.1.0 wrote none
  // when segments left; of their taps is known that they were confirmed, since no others leave.
  void SettleWhatLeft() {
    if (numbered_ || state_.retired.segments == 0) return;
    state_.ledger.Settle(FirstKept() - 1, state_.retired.checkpoint.last_sequence);
  }

  // Numbers rise by one; one that no line has, and that was not voided, was lost.
  void ReportGaps() {
    SequenceSet explained = seen_;
    for (const SequenceRange& range : state_.ledger.voided().ranges()) {
      explained.InsertRange(range);
    }
    if (state_.retired.segments > 0 && FirstKept() > 1) explained.InsertRange({1, FirstKept() - 1});
    uint64_t next = 1;
    const auto report = [&](uint64_t until) {
      if (until > next) {
        state_.damage.push_back({DamageKind::kMissingTaps, 0, next, until - next});
      }
    };
    for (const SequenceRange& range : explained.RangesUpTo(state_.ledger.last_sequence())) {
      report(range.first);
      next = range.last + 1;
    }
    report(state_.ledger.last_sequence() + 1);
  }

  Disk& disk_;
  const RecoverOptions& options_;
  JournalState state_;
  std::vector<FoundSegment> found_;
  SequenceSet seen_;       // numbers of the tap lines that were read
  bool numbered_ = false;  // the ledger began with a checkpoint that is not of release 0.1.0
};

}  // namespace

Result<JournalState> Recover(Disk& disk, const RecoverOptions& options) {
  return Recovery(disk, options).Run();
}

}  // namespace tamtap::journal
