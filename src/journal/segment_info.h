// SegmentInfo: what is known of one segment without reading it again. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journal/checkpoint.h"
#include "journal/line.h"

namespace tamtap::journal {

// The place of every 32nd tap of a segment, so that a tap can be found without reading all lines
// before it.
struct SparseEntry {
  uint64_t sequence = 0;
  uint64_t offset = 0;
};
inline constexpr uint64_t kSparseEvery = 32;  // taps

struct SegmentInfo {
  uint64_t number = 0;
  uint64_t bytes = 0;  // size of the file
  uint64_t end = 0;    // the offset after the last byte that is not a newline
  uint64_t records = 0;
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  std::string first_day;
  std::string last_day;
  std::string last_vouched_day;  // of the taps whose clock was vouched for; empty: none
  // The refusals in it; 0: none. A line that was written twice may be in two segments.
  uint64_t first_refusal = 0;
  uint64_t last_refusal = 0;
  bool sealed = false;
  bool damaged = false;
  bool foreign = false;             // it is none of this journal's: nothing is ever written to it
  bool broken = false;              // a write to it failed in this process: it is left alone
  std::vector<SparseEntry> sparse;  // of segments that were read or written by this process

  void NoteTap(const TapSummary& tap, uint64_t offset);
  void NoteRefusal(const RefusalSummary& refusal);
  // Makes the seal that ends this segment.
  SealLine ToSeal(Checkpoint checkpoint) const;
  static SegmentInfo From(const SealLine& seal, uint64_t number, uint64_t bytes);
};

}  // namespace tamtap::journal
