#include "terminal/refusal_book.h"

#include <algorithm>
#include <utility>

#include "base/disk_room.h"
#include "base/log.h"

namespace tamtap {
namespace {

constexpr std::chrono::minutes kBetweenWarnings{1};

}  // namespace

// A bucket that holds kMostRefusalsAtOnce, and gains one each second.
bool RefusalBook::TakesOne() {
  const MonotonicTime now = clock_.MonotonicNow();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now - refilled_);
  left_ = std::min(kMostRefusalsAtOnce, left_ + static_cast<uint64_t>(seconds.count()));
  refilled_ += seconds;
  if (left_ == 0) return false;
  --left_;
  return true;
}

TapId RefusalBook::Note(Refusal reason, RefusalRecord refusal, std::optional<uint64_t> free_bytes) {
  const bool no_room = free_bytes && *free_bytes < kRecordReserve;
  // The journal's own trouble can't be written into it.
  const bool storage = reason == Refusal::kStorageFull || reason == Refusal::kStorageFailed;
  if (!no_room && !storage && TakesOne()) {
    return journal_.NoteRefusal(std::move(refusal));
  }
  ++not_kept_;
  if (clock_.MonotonicNow() >= say_again_) {
    LogWarning("{} refusals were not kept, {}", std::exchange(not_kept_, 0),
               no_room || storage ? "for want of room for taps" : "since too many come at once");
    say_again_ = clock_.MonotonicNow() + kBetweenWarnings;
  }
  return {};
}

}  // namespace tamtap
