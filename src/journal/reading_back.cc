// The journal as its own reader: taps to send or to ask the store about, quarantined ones for
// staff. Nothing here changes what a tap is; what can't be read is noted, and Maintain() says it.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "journal/journal_impl.h"

namespace tamtap::journal {
namespace {

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

// Adds taps that were found in a second place. Of all, the first `limit` stay.
void AddInOrder(std::vector<PendingTap> more, size_t limit, std::vector<PendingTap>& found) {
  found.insert(found.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  std::sort(found.begin(), found.end(),
            [](const PendingTap& a, const PendingTap& b) { return a.sequence < b.sequence; });
  found.resize(std::min(found.size(), limit));
}

}  // namespace

// The newest segment that can hold that tap: a line that was written twice is whole in the last
// one. Null: none.
const SegmentInfo* JournalImpl::SegmentOf(uint64_t sequence) const {
  const auto segment = std::find_if(state_.segments.rbegin(), state_.segments.rend(),
                                    [sequence](const SegmentInfo& each) {
                                      return each.records > 0 && each.first_sequence <= sequence &&
                                             sequence <= each.last_sequence;
                                    });
  return segment == state_.segments.rend() ? nullptr : &*segment;
}

JournalImpl::Stretch JournalImpl::StretchFrom(const SegmentInfo& segment, uint64_t sequence) {
  const auto after = std::upper_bound(
      segment.sparse.begin(), segment.sparse.end(), sequence,
      [](uint64_t wanted, const SparseEntry& entry) { return wanted < entry.sequence; });
  const uint64_t offset = after == segment.sparse.begin() ? 0 : std::prev(after)->offset;
  return {segment.number, offset, segment.end, {}};
}

const SequenceSet& JournalImpl::ListedAs(Wanted which) const {
  return which == Wanted::kPending ? state_.ledger.pending() : state_.ledger.unchecked();
}

// The first wanted tap from `from` on that was not looked for in vain before. Nothing: none is
// left.
std::optional<uint64_t> JournalImpl::NextWanted(Wanted which, uint64_t from) const {
  while (true) {
    std::optional<uint64_t> next = ListedAs(which).NextFrom(from);
    // The store is asked about its witnesses, too, unless they have left with their segments.
    if (which == Wanted::kUnchecked) {
      const auto first = std::find_if(state_.segments.begin(), state_.segments.end(),
                                      [](const SegmentInfo& each) { return each.records > 0; });
      const uint64_t here = first == state_.segments.end() ? kMaxNumber : first->first_sequence;
      const auto witness = state_.ledger.Witnesses().NextFrom(std::max(from, here));
      if (witness && (!next || *witness < *next)) next = witness;
    }
    if (!next) return std::nullopt;
    const std::vector<SequenceRange> vain = unreadable_.RangesIn({*next, kMaxNumber});
    if (!vain.empty() && vain.front().first == *next) {
      from = vain.front().last + 1;
    } else if (unparsable_.contains(*next)) {
      from = *next + 1;
    } else {
      return next;
    }
  }
}

// Nor has any segment those up to the first tap of a later segment, which are noted with it.
void JournalImpl::NoteHeldNowhere(Wanted which, uint64_t sequence) {
  SequenceRange nowhere{sequence, kMaxNumber};
  for (const SegmentInfo& each : state_.segments) {
    if (each.first_sequence > sequence) {
      nowhere.last = std::min(nowhere.last, each.first_sequence - 1);
    }
  }
  for (const SequenceRange& each : ListedAs(which).RangesIn(nowhere)) unreadable_.InsertRange(each);
  unreadable_.Insert(sequence);
  AskForMaintenance();
}

SequenceSet JournalImpl::WantedFrom(const SegmentInfo& segment, Wanted which,
                                    SequenceRange range) const {
  SequenceSet wanted;
  for (const SequenceRange& each : ListedAs(which).RangesIn(range)) wanted.InsertRange(each);
  if (which == Wanted::kUnchecked) {
    for (const SequenceRange& each : state_.ledger.Witnesses().RangesIn(range)) {
      wanted.InsertRange(each);
    }
  }
  for (const SequenceRange& each : unreadable_.RangesIn(range)) wanted.EraseRange(each);
  for (const auto& [sequence, reason] : unparsable_) wanted.EraseRange({sequence, sequence});
  // What a failed flush left in two segments is read from the newer one.
  for (const SegmentInfo& each : state_.segments) {
    if (each.number > segment.number && each.records > 0) {
      wanted.EraseRange({each.first_sequence, each.last_sequence});
    }
  }
  return wanted;
}

// The wanted taps of the segment that holds the first of them. Nothing: none is left.
std::optional<JournalImpl::Stretch> JournalImpl::NextStretch(Wanted which, uint64_t from) {
  while (const std::optional<uint64_t> next = NextWanted(which, from)) {
    const SegmentInfo* const holder = SegmentOf(*next);
    if (holder == nullptr) {
      NoteHeldNowhere(which, *next);
      continue;
    }
    Stretch stretch = StretchFrom(*holder, *next);
    stretch.taps = WantedFrom(*holder, which, {*next, holder->last_sequence});
    stretch.taps.Insert(*next);
    return stretch;
  }
  return std::nullopt;
}

// The same taps in the segments before that one, for what is not in it though it might be.
std::vector<JournalImpl::Stretch> JournalImpl::OlderStretches(const Stretch& stretch) {
  std::vector<Stretch> older;
  MutexLock lock(mutex_);
  for (const SegmentInfo& each : state_.segments) {
    if (each.number >= stretch.segment || each.records == 0) continue;
    Stretch other{each.number, 0, each.end, {}};
    for (const SequenceRange& range :
         stretch.taps.RangesIn({each.first_sequence, each.last_sequence})) {
      other.taps.InsertRange(range);
    }
    if (!other.taps.empty()) older.push_back(std::move(other));
  }
  return older;
}

Result<std::vector<PendingTap>> JournalImpl::ReadWanted(Wanted which, uint64_t from, size_t limit) {
  while (true) {
    std::optional<Stretch> stretch;
    {
      MutexLock lock(mutex_);
      stretch = NextStretch(which, from);
    }
    if (!stretch) return std::vector<PendingTap>{};
    TAMTAP_TRY(std::vector<PendingTap> found, ReadStretch(*stretch, limit));
    if (found.size() < limit && !stretch->taps.empty()) {
      // All of the segment was read, and what should be there is not.
      for (Stretch& older : OlderStretches(*stretch)) {
        TAMTAP_TRY(std::vector<PendingTap> also, ReadStretch(older, older.taps.size()));
        for (const PendingTap& tap : also) {
          stretch->taps.EraseRange({tap.sequence, tap.sequence});
        }
        AddInOrder(std::move(also), limit, found);
      }
      NoteUnreadable(stretch->taps);
    }
    if (!found.empty()) return found;
  }
}

Result<std::vector<PendingTap>> JournalImpl::ReadPending(uint64_t from, size_t limit) {
  return ReadWanted(Wanted::kPending, from, limit);
}

Result<std::vector<PendingTap>> JournalImpl::ReadUnchecked(uint64_t from, size_t limit) {
  return ReadWanted(Wanted::kUnchecked, from, limit);
}

bool JournalImpl::LacksAWitness() {
  MutexLock lock(mutex_);
  SequenceSet gone = unreadable_;
  for (const auto& [sequence, reason] : unparsable_) gone.Insert(sequence);
  for (const SequenceRange& range : state_.ledger.Witnesses().ranges()) {
    if (gone.CountIn(range) > 0) return true;
  }
  return false;
}

Result<std::vector<QuarantinedTap>> JournalImpl::ReadQuarantined(size_t limit) {
  std::vector<QuarantinedTap> taps;
  std::map<uint64_t, Stretch> by_segment;
  {
    MutexLock lock(mutex_);
    for (const auto& [sequence, reason] : state_.ledger.quarantined()) {
      if (taps.size() == limit) break;
      taps.push_back({sequence, reason, std::nullopt});
      if (const SegmentInfo* const segment = SegmentOf(sequence)) {
        const auto [place, first] = by_segment.try_emplace(segment->number);
        if (first) place->second = StretchFrom(*segment, sequence);
        place->second.taps.Insert(sequence);
      }
    }
  }
  for (auto& [number, stretch] : by_segment) {
    TAMTAP_TRY(std::vector<PendingTap> found, ReadStretch(stretch, limit));
    for (PendingTap& each : found) {
      const auto tap = std::lower_bound(
          taps.begin(), taps.end(), each.sequence,
          [](const QuarantinedTap& a, uint64_t sequence) { return a.sequence < sequence; });
      tap->record = std::move(each.record);
    }
  }
  return taps;
}

Result<std::vector<PendingTap>> JournalImpl::ReadStretch(Stretch& stretch, size_t limit) {
  const std::string path = JoinPath(options_.directory, SegmentName(stretch.segment));
  TAMTAP_TRY(const std::unique_ptr<File> file, disk_.Open(path, OpenMode::kRead));
  TAMTAP_TRY(std::vector<PendingTap> found, ReadTaps(*file, stretch, limit));
  if (found.size() < limit && !stretch.taps.empty() && storage_.mirror) {
    // The disk lost what it said was flushed: the second copy is for this.
    auto copy = storage_.mirror->OpenCopy(path);
    if (copy && *copy == nullptr) return found;
    auto mirrored =
        copy ? ReadTaps(**copy, stretch, limit) : Result<std::vector<PendingTap>>(copy.error());
    if (!mirrored) {
      // Not found for now; Maintain() waits for the mirror before it says more.
      storage_.mirror->NoteBehind(mirrored.error());
      return found;
    }
    AddInOrder(*std::move(mirrored), limit, found);
  }
  return found;
}

Result<std::vector<PendingTap>> JournalImpl::ReadTaps(File& file, Stretch& stretch, size_t limit) {
  std::vector<PendingTap> found;
  std::map<uint64_t, std::string> unparsable;
  TapCollector collector([&](const LineView& line) {
    const uint64_t sequence = line.sequence;
    if (found.size() >= limit || !stretch.taps.Contains(sequence)) return;
    stretch.taps.EraseRange({sequence, sequence});
    auto tap = ParseTapLine(line.text);
    if (tap) {
      found.push_back({tap->sequence, std::move(tap->stamp), std::move(tap->record)});
    } else {
      unparsable.emplace(sequence, tap.error().Message());
    }
  });
  TAMTAP_RETURN_IF_ERROR(ScanFile(file, stretch.offset, stretch.end, collector,
                                  [&] { return found.size() < limit && !stretch.taps.empty(); }));
  if (!unparsable.empty()) {
    MutexLock lock(mutex_);
    unparsable_.merge(unparsable);
    AskForMaintenance();
  }
  return found;
}

void JournalImpl::NoteUnreadable(const SequenceSet& taps) {
  if (taps.empty()) return;
  MutexLock lock(mutex_);
  for (const SequenceRange& range : taps.ranges()) {
    unreadable_.InsertRange(range);
    const Damage missing{DamageKind::kMissingTaps, 0, range.first, range.last - range.first + 1};
    if (std::find(state_.damage.begin(), state_.damage.end(), missing) != state_.damage.end()) {
      continue;
    }
    state_.damage.push_back(missing);
    LogError("journal: taps {} to {} can't be read any more", range.first, range.last);
  }
  AskForMaintenance();
}

}  // namespace tamtap::journal
