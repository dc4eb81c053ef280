// RefusalBook: which of the cards that were turned away the journal keeps. Taps come first: where
// the disk is nearly full, or a reader gives nothing but noise, refusals are counted and not kept.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "journal/journal.h"
#include "tap/refusal_record.h"
#include "tap/verdict.h"

namespace tamtap {

// How many are kept if they come at once; one more is kept each second. A queue of people is far
// below that, and a broken reader can't fill a disk.
inline constexpr uint64_t kMostRefusalsAtOnce = 300;

class RefusalBook {
 public:
  RefusalBook(journal::Journal& journal, Clock& clock) : journal_(journal), clock_(clock) {}

  // `free_bytes` is the room on the journal's disk, if it is known. Returns the refusal's id; it is
  // empty if the refusal is not kept. Called on the tap thread.
  TapId Note(Refusal reason, RefusalRecord refusal, std::optional<uint64_t> free_bytes);

 private:
  bool TakesOne();  // whether one more may be kept now, which then counts

  journal::Journal& journal_;
  Clock& clock_;
  uint64_t left_ = kMostRefusalsAtOnce;
  MonotonicTime refilled_{};
  uint64_t not_kept_ = 0;      // since it was said last
  MonotonicTime say_again_{};  // not before
};

}  // namespace tamtap
