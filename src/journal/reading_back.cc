// The journal as its own reader: pending taps for the sync, quarantined ones for staff.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "journal/journal.h"

namespace tamtap::journal {
namespace {

constexpr size_t kReadBytes = 256 << 10;

// Hands the tap lines of a stretch of a segment to a function, in order.
class TapCollector final : public LineVisitor {
 public:
  explicit TapCollector(std::function<void(const LineView&)> collect)
      : collect_(std::move(collect)) {}
  void OnLine(uint64_t, const LineView& line) override {
    if (line.type == LineType::kTap) collect_(line);
  }
  void OnDamage(uint64_t, uint64_t, DamageKind) override {}  // reported by recovery and verify

 private:
  std::function<void(const LineView&)> collect_;
};

}  // namespace

const SegmentInfo* Journal::SegmentOf(uint64_t sequence) const {
  const auto segment = std::find_if(state_.segments.rbegin(), state_.segments.rend(),
                                    [sequence](const SegmentInfo& each) {
                                      return each.records > 0 && each.first_sequence <= sequence &&
                                             sequence <= each.last_sequence;
                                    });
  return segment == state_.segments.rend() ? nullptr : &*segment;
}

Result<std::vector<PendingTap>> Journal::ReadPending(uint64_t from, size_t limit) {
  Stretch stretch;
  SequenceSet wanted;
  {
    MutexLock lock(mutex_);
    const std::optional<uint64_t> next = state_.pending.NextFrom(from);
    if (!next) return std::vector<PendingTap>{};
    const SegmentInfo* const holder = SegmentOf(*next);
    if (holder == nullptr) {
      // Nor are those up to the next segment's first.
      SequenceRange lost{*next, kMaxNumber};
      for (const SegmentInfo& each : state_.segments) {
        if (each.first_sequence > *next) lost.last = std::min(lost.last, each.first_sequence - 1);
      }
      const uint64_t count = state_.pending.EraseRange(lost);
      state_.damage.push_back({DamageKind::kMissingTaps, 0, *next, count});
      LogError("journal: {} pending taps from {} on are in no segment any more", count, *next);
      return std::vector<PendingTap>{};
    }
    stretch = StretchFrom(*holder, *next);
    for (SequenceRange range : state_.pending.RangesUpTo(holder->last_sequence)) {
      if (range.last < *next) continue;
      range.first = std::max(range.first, *next);
      wanted.InsertRange(range);
    }
  }
  TAMTAP_TRY(std::vector<PendingTap> found, ReadFrom(stretch, limit, wanted));
  if (found.empty() && !wanted.empty()) {
    // All of the segment was read, and what the state says is pending there is not.
    MutexLock lock(mutex_);
    for (const SequenceRange& range : wanted.RangesUpTo(UINT64_MAX)) {
      state_.pending.EraseRange(range);
      state_.damage.push_back(
          {DamageKind::kMissingTaps, 0, range.first, range.last - range.first + 1});
      LogError("journal: pending taps {} to {} can't be read from {}", range.first, range.last,
               SegmentName(stretch.segment));
    }
  }
  return found;
}

Result<std::vector<RefusedTap>> Journal::ReadQuarantined(size_t limit) {
  std::vector<RefusedTap> taps;
  std::map<uint64_t, std::pair<Stretch, SequenceSet>> by_segment;
  {
    MutexLock lock(mutex_);
    for (const auto& [sequence, reason] : state_.quarantined) {
      if (taps.size() == limit) break;
      taps.push_back({sequence, reason, std::nullopt});
      if (const SegmentInfo* const segment = SegmentOf(sequence)) {
        const auto [place, first] = by_segment.try_emplace(segment->number);
        auto& [stretch, wanted] = place->second;
        if (first) stretch = StretchFrom(*segment, sequence);
        wanted.Insert(sequence);
      }
    }
  }
  for (auto& [number, stretch_and_wanted] : by_segment) {
    auto& [stretch, wanted] = stretch_and_wanted;
    TAMTAP_TRY(std::vector<PendingTap> found, ReadFrom(stretch, limit, wanted));
    for (PendingTap& each : found) {
      const auto tap = std::lower_bound(
          taps.begin(), taps.end(), each.sequence,
          [](const RefusedTap& a, uint64_t sequence) { return a.sequence < sequence; });
      tap->record = std::move(each.record);
    }
  }
  return taps;
}

Journal::Stretch Journal::StretchFrom(const SegmentInfo& segment, uint64_t sequence) {
  const auto after = std::upper_bound(
      segment.sparse.begin(), segment.sparse.end(), sequence,
      [](uint64_t wanted, const SparseEntry& entry) { return wanted < entry.sequence; });
  const uint64_t offset = after == segment.sparse.begin() ? 0 : std::prev(after)->offset;
  return {segment.number, offset, segment.end};
}

Result<std::vector<PendingTap>> Journal::ReadFrom(const Stretch& stretch, size_t limit,
                                                  SequenceSet& wanted) {
  const std::string name = SegmentName(stretch.segment);
  TAMTAP_TRY(std::vector<PendingTap> found, ReadTaps(JoinPath(options_.directory, name),
                                                     stretch.offset, stretch.end, limit, wanted));
  if (found.size() < limit && !wanted.empty() && storage_.mirror) {
    // The disk lost what it said was flushed: the second copy is for this.
    auto mirrored =
        ReadTaps(JoinPath(options_.mirror, name), stretch.offset, stretch.end, limit, wanted);
    if (!mirrored) return found.empty() ? mirrored : found;
    found.insert(found.end(), std::make_move_iterator(mirrored->begin()),
                 std::make_move_iterator(mirrored->end()));
    std::sort(found.begin(), found.end(),
              [](const PendingTap& a, const PendingTap& b) { return a.sequence < b.sequence; });
    found.resize(std::min(found.size(), limit));
  }
  return found;
}

Result<std::vector<PendingTap>> Journal::ReadTaps(const std::string& path, uint64_t offset,
                                                  uint64_t end, size_t limit, SequenceSet& wanted) {
  std::vector<PendingTap> found;
  std::optional<Error> unreadable;
  uint64_t unreadable_sequence = 0;
  TapCollector collector([&](const LineView& line) {
    if (found.size() >= limit || !wanted.Contains(line.sequence)) return;
    wanted.EraseRange({line.sequence, line.sequence});
    auto tap = ParseTapLine(line.text);
    if (tap) {
      found.push_back({tap->sequence, std::move(tap->stamp), std::move(tap->record)});
    } else {
      unreadable = tap.error();
      unreadable_sequence = line.sequence;
    }
  });
  TAMTAP_TRY(const std::unique_ptr<File> file, disk_.Open(path, OpenMode::kRead));
  std::string window;
  while (offset < end && found.size() < limit && !wanted.empty()) {
    window.resize(static_cast<size_t>(std::min<uint64_t>(kReadBytes, end - offset)));
    TAMTAP_TRY(const size_t got, file->ReadAt(offset, window));
    window.resize(got);
    const bool last = got == 0 || offset + got == end;
    const size_t newline = window.rfind('\n');
    const size_t whole = last || newline == std::string::npos ? got : newline + 1;
    ScanLines(std::string_view(window).substr(0, whole), /*at_end=*/false, collector);
    if (whole == 0) break;
    offset += whole;
  }

  if (unreadable) Quarantine(unreadable_sequence, unreadable->Message());
  return found;
}

}  // namespace tamtap::journal
