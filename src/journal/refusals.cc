// Cards that were turned away: noted by the thread that takes taps, written along with whatever is
// written next, and read back for the sync.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "journal/journal_impl.h"

namespace tamtap::journal {
namespace {

// How many may wait to be written. More come only while the disk takes nothing at all.
constexpr size_t kMostNoted = 200;
// How many go with one write, so that it stays small beside a tap's.
constexpr size_t kMostTogether = 16;

// Collects the refusals after a number, in the order in which they stand.
class RefusalCollector final : public LineVisitor {
 public:
  RefusalCollector(uint64_t after, size_t limit, std::vector<PendingRefusal>& found)
      : after_(after), limit_(limit), found_(found) {}

  void OnLine(uint64_t, const LineView& line) override {
    if (line.type != LineType::kRefusal || IsFull()) return;
    if (line.refusal.number <= after_) return;  // wanted no more, or written twice
    auto refusal = ParseRefusalLine(line.text);
    if (!refusal) {
      LogWarning("{}", refusal.error().Message());
      return;
    }
    after_ = refusal->number;
    found_.push_back({refusal->number, std::move(refusal->stamp), std::move(refusal->refusal)});
  }
  void OnDamage(uint64_t, uint64_t, DamageKind) override {}  // reported by recovery and verify

  bool IsFull() const { return found_.size() >= limit_; }

 private:
  uint64_t after_;
  const size_t limit_;
  std::vector<PendingRefusal>& found_;
};

}  // namespace

TapId JournalImpl::NoteRefusal(RefusalRecord refusal) {
  if (!FieldsFit(refusal)) return {};
  MutexLock lock(mutex_);
  if (noted_refusals_.size() >= kMostNoted) return {};
  const uint64_t number = ++last_refusal_;
  TapId id{options_.terminal, generation_, number};
  refusal.id = id;
  const TapStamp stamp{boot_, clock_.MonotonicNow().time_since_epoch().count()};
  noted_refusals_.push_back({number, stamp, std::move(refusal)});
  AskForMaintenance();
  return id;
}

bool JournalImpl::RefusalsWait() const { return !noted_refusals_.empty() || handed_to_say_ > 0; }

void JournalImpl::AppendRefusals(std::string& lines) {
  while (!noted_refusals_.empty() && refusals_going_.size() < kMostTogether) {
    PendingRefusal& next = refusals_going_.emplace_back(std::move(noted_refusals_.front()));
    noted_refusals_.pop_front();
    AppendRefusalLine(next.number, next.stamp, next.refusal, lines);
  }
  // What was handed over is in the ledger already.
  handed_going_ = handed_to_say_;
  if (handed_going_ > 0) AppendHandedLine({handed_going_}, lines);
}

void JournalImpl::RefusalsWritten(SegmentInfo& segment) {
  for (const PendingRefusal& each : refusals_going_) {
    segment.NoteRefusal({each.number});
    state_.ledger.Apply(RefusalSummary{each.number});
  }
  refusals_going_.clear();
  // More may have been handed over meanwhile.
  if (handed_to_say_ == handed_going_) handed_to_say_ = 0;
}

void JournalImpl::TakeBackRefusals() {
  noted_refusals_.insert(noted_refusals_.begin(), std::make_move_iterator(refusals_going_.begin()),
                         std::make_move_iterator(refusals_going_.end()));
  refusals_going_.clear();
}

void JournalImpl::HandedOver(uint64_t refusal) {
  MutexLock lock(mutex_);
  if (refusal <= state_.ledger.handed_refusals()) return;
  state_.ledger.Apply(HandedLine{refusal});
  handed_to_say_ = refusal;
  AskForMaintenance();
}

// One place for each segment that may hold some of them.
std::vector<JournalImpl::RefusalPlace> JournalImpl::PlacesOfRefusals(uint64_t after) {
  std::vector<RefusalPlace> places;
  for (const SegmentInfo& segment : state_.segments) {
    if (segment.last_refusal <= after || segment.foreign) continue;
    places.push_back({after, segment.number, segment.end});
  }
  return places;
}

Result<> JournalImpl::ReadRefusalsFrom(RefusalPlace place, size_t limit,
                                       std::vector<PendingRefusal>& found) {
  const std::string path = JoinPath(options_.directory, SegmentName(place.segment));
  TAMTAP_TRY(const std::unique_ptr<File> file, disk_.Open(path, OpenMode::kRead));
  RefusalCollector collector(place.after, limit, found);
  return ScanFile(*file, 0, place.end, collector, [&] { return !collector.IsFull(); });
}

Result<std::vector<PendingRefusal>> JournalImpl::ReadRefusals(size_t limit) {
  std::vector<RefusalPlace> places;
  uint64_t newest = 0;
  uint64_t after = 0;
  {
    MutexLock lock(mutex_);
    after = state_.ledger.handed_refusals();
    newest = state_.ledger.refusals();
    if (after == newest) return std::vector<PendingRefusal>();
    places = PlacesOfRefusals(after);
  }
  std::vector<PendingRefusal> found;
  for (RefusalPlace& place : places) {
    if (!found.empty()) place.after = found.back().number;
    TAMTAP_RETURN_IF_ERROR(ReadRefusalsFrom(place, limit, found));
    if (found.size() >= limit) break;
  }
  // Their lines were never flushed: a power cut took them.
  if (found.empty()) HandedOver(newest);
  return found;
}

}  // namespace tamtap::journal
