#include "journal/journal_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>

#include "base/log.h"

namespace tamtap::journal {
namespace {

constexpr int kLooksAtTheTail = 5;
constexpr std::chrono::milliseconds kBetweenLooks{20};

bool TailIsDamaged(const JournalState& state) {
  if (state.segments.empty() || state.damage.empty()) return false;
  const SegmentInfo& last = state.segments.back();
  for (const Damage& damage : state.damage) {
    if (damage.segment == last.number && damage.offset + damage.length == last.end) return true;
  }
  return false;
}

class TapsOfSegment final : public LineVisitor {
 public:
  TapsOfSegment(const JournalState& state, const std::function<Result<>(const TapVisit&)>& visit,
                SequenceSet& seen, bool each_line)
      : state_(state), visit_(visit), seen_(seen), each_line_(each_line) {}

  void OnLine(uint64_t, const LineView& line) override {
    if (line.type != LineType::kTap || failed_) return;
    if (seen_.Contains(line.sequence) && !each_line_) return;
    const Ledger& ledger = state_.ledger;
    const TapState tap_state = ledger.StateOf(line.sequence);
    if (tap_state == TapState::kUnknown || tap_state == TapState::kVoid) return;
    seen_.Insert(line.sequence);
    const auto tap = ParseTapLine(line.text);
    if (!tap) {
      // Whole, but not of this release. It costs nobody else's tap.
      LogWarning("{}", tap.error().Message());
      return;
    }
    std::string_view reason;
    const auto quarantined = ledger.quarantined().find(line.sequence);
    if (quarantined != ledger.quarantined().end()) reason = quarantined->second;
    if (const auto visited = visit_({*tap, tap_state, reason}); !visited) failed_ = visited.error();
  }
  void OnDamage(uint64_t, uint64_t, DamageKind) override {}  // in `state` already

  const std::optional<Error>& failed() const { return failed_; }

 private:
  const JournalState& state_;
  const std::function<Result<>(const TapVisit&)>& visit_;
  SequenceSet& seen_;
  const bool each_line_;
  std::optional<Error> failed_;
};

class RefusalsOfSegment final : public LineVisitor {
 public:
  void OnLine(uint64_t, const LineView& line) override {
    if (line.type != LineType::kRefusal) return;
    auto refusal = ParseRefusalLine(line.text);
    if (refusal) {
      refusals.push_back(*std::move(refusal));
    } else {
      LogWarning("{}", refusal.error().Message());
    }
  }
  void OnDamage(uint64_t, uint64_t, DamageKind) override {}  // `tamtap journal verify` reports it

  std::vector<RefusalLine> refusals;
};

Result<> MustExist(Disk& disk, const std::string& directory) {
  TAMTAP_TRY(const bool there, disk.Exists(directory));
  if (there) return {};
  return Error{ErrorCode::kMisconfigured, fmt::format("read the journal {}", directory), 0,
               "there is none; say where with --data"};
}

}  // namespace

Result<JournalState> ReadWholeJournal(Disk& disk, Clock& clock, const std::string& directory,
                                      const std::string& journal) {
  TAMTAP_RETURN_IF_ERROR(MustExist(disk, directory));
  RecoverOptions options;
  options.directory = directory;
  options.journal = journal;
  options.read_everything = true;
  options.first_indexed_day = "9999-12-31";  // duplicates are not asked for here
  for (int look = 1;; ++look) {
    auto state = Recover(disk, options);
    // A segment that left the journal between the listing and its reading is gone at the next look.
    const bool vanished = !state && state.error().errno_value == ENOENT;
    if (!vanished && (!state || !TailIsDamaged(*state))) return state;
    if (look == kLooksAtTheTail) return state;
    clock.SleepFor(kBetweenLooks);
  }
}

Result<> ForEachTap(Disk& disk, const std::string& directory, const JournalState& state,
                    const std::function<Result<>(const TapVisit&)>& visit, bool each_line) {
  SequenceSet seen;
  for (const SegmentInfo& segment : state.segments) {
    if (segment.records == 0) continue;
    const auto file = disk.Open(JoinPath(directory, SegmentName(segment.number)), OpenMode::kRead);
    if (!file) {
      TAMTAP_TRY(const RetiredLine retired, ReadRetired(disk, directory));
      if (segment.number <= retired.segments) continue;  // it left while this was reading
      return file.error();
    }
    TAMTAP_TRY(const uint64_t size, (*file)->Size());
    TapsOfSegment taps(state, visit, seen, each_line);
    TAMTAP_RETURN_IF_ERROR(ScanFile(**file, 0, size, taps, [&taps] { return !taps.failed(); }));
    if (taps.failed()) return *taps.failed();
  }
  return {};
}

Result<std::vector<RefusalLine>> ReadLastRefusals(Disk& disk, const std::string& directory,
                                                  size_t most) {
  TAMTAP_RETURN_IF_ERROR(MustExist(disk, directory));
  RecoverOptions options;
  options.directory = directory;
  options.first_indexed_day = "9999-12-31";  // duplicates are not asked for here
  TAMTAP_TRY(const JournalState state, Recover(disk, options));
  std::vector<RefusalLine> refusals;
  // From the newest segment on: in most cases, one is enough.
  for (auto segment = state.segments.rbegin();
       segment != state.segments.rend() && refusals.size() < most; ++segment) {
    if (segment->last_refusal == 0 || segment->foreign) continue;
    TAMTAP_TRY(const std::string content,
               ReadFile(disk, JoinPath(directory, SegmentName(segment->number))));
    RefusalsOfSegment found;
    ScanLines(content, /*at_end=*/false, found);
    refusals.insert(refusals.begin(), std::make_move_iterator(found.refusals.begin()),
                    std::make_move_iterator(found.refusals.end()));
  }
  // A flush that failed may have left one in two segments, one after the other.
  const auto twice = std::unique(
      refusals.begin(), refusals.end(),
      [](const RefusalLine& a, const RefusalLine& b) { return a.refusal.id == b.refusal.id; });
  refusals.erase(twice, refusals.end());
  if (refusals.size() > most) {
    refusals.erase(refusals.begin(), refusals.end() - static_cast<std::ptrdiff_t>(most));
  }
  return refusals;
}

std::string Describe(const Damage& damage) {
  switch (damage.kind) {
    case DamageKind::kCorrupt:
      return fmt::format("segment {} offset {} length {}: corrupt; the lines it touches are lost",
                         damage.segment, damage.offset, damage.length);
    case DamageKind::kBrokenSeal:
      return fmt::format(
          "segment {} offset {} length {}: a seal that does not hold; nothing is lost",
          damage.segment, damage.offset, damage.length);
    case DamageKind::kTornTail:
      return fmt::format(
          "segment {} offset {} length {}: a write that a crash cut short; it was never "
          "acknowledged",
          damage.segment, damage.offset, damage.length);
    case DamageKind::kMissingSegment:
      return fmt::format("segment {}: missing, {} in a row", damage.segment, damage.length);
    case DamageKind::kForeignSegment:
      return fmt::format("segment {}: it is not of this journal; its lines are not taken",
                         damage.segment);
    case DamageKind::kMissingTaps:
      return fmt::format("taps {} to {}: lost; no line with these numbers is left", damage.offset,
                         damage.offset + damage.length - 1);
  }
  return {};
}

}  // namespace tamtap::journal
