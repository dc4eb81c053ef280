// Checkpoint: what a journal amounts to at one moment, so that a start need not read what came
// before it. The seal, which is the last line of each finished segment, holds one; so does the file
// "retired".
//
// A checkpoint may be written while taps are being appended. At a start, lines that it contains
// already may be applied to it once more; a line that is applied twice says the same as once
// (ledger.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/line.h"
#include "journal/sequence_set.h"

namespace tamtap::journal {

// A quarantined tap as a checkpoint names it.
struct QuarantinedNumber {
  uint64_t sequence = 0;
  std::string reason;
};

struct Checkpoint {
  std::string journal;
  // Counts the checkpoints of a journal: the one with the highest number is the newest. Release
  // 0.1.0 wrote 0.
  uint64_t number = 0;
  // The number of a segment: the checkpoint knows all lines of the segments before it, and some of
  // its lines. Release 0.1.0 wrote 0, which means the segment after the one that the checkpoint
  // stands in.
  uint64_t covers = 0;
  std::string generation;      // the last one that started
  uint64_t last_sequence = 0;  // of the last tap that anything was written about
  uint64_t total_records = 0;  // taps ever, retired ones included
  std::vector<SequenceRange> pending;
  std::vector<QuarantinedNumber> quarantined;
  std::vector<SequenceRange> voided;
  std::vector<SequenceRange> lost;
  std::vector<SequenceRange> missing;  // no line with these numbers was seen
  std::vector<ClockLine> clocks;       // of the last boots that needed one
  std::string boot;                    // of the last tap
  uint64_t boot_first_sequence = 0;    // the first tap of that boot
  std::string last_vouched_day;        // empty: none yet
  std::optional<StoreIdentity> store;
  std::vector<SequenceRange> unchecked;
  std::vector<SequenceRange> found_there;  // taps found there since `last_confirmed` was taken
  uint64_t last_confirmed = 0;             // the tap that the store has taken last; 0: none
  uint64_t last_checked = 0;               // of the checked taps, the one that was taken last
  uint64_t refusals = 0;         // the number of the last refusal; 0: none, as is the next
  uint64_t handed_refusals = 0;  // the last one that was handed to the store
};

// The last line of a finished segment: what is in the segment, and a checkpoint.
struct SealLine {
  uint64_t records = 0;         // tap lines in this segment
  uint64_t first_sequence = 0;  // 0 when it has none
  uint64_t last_sequence = 0;
  std::string first_day;  // smallest and largest `day` in this segment
  std::string last_day;
  // The largest day of a tap whose clock was vouched for; empty if there is no such tap. Missing in
  // what release 0.1.0 wrote.
  std::optional<std::string> last_vouched_day;
  uint64_t first_refusal = 0;  // 0 when it has none
  uint64_t last_refusal = 0;
  Checkpoint checkpoint;
};

// The one line of the file "retired" (retention.h).
struct RetiredLine {
  uint64_t segments = 0;  // numbers 1..segments have left
  uint64_t records = 0;   // taps that left with them
  Checkpoint checkpoint;
};

// Each appends one whole line, '\n' included.
void AppendSealLine(const SealLine& line, std::string& out);
void AppendRetiredLine(const RetiredLine& line, std::string& out);
// `text` is a line whose checksum holds. kCorrupt if neither this version nor an earlier one writes
// such a content.
Result<SealLine> ParseSealLine(std::string_view text);
Result<RetiredLine> ParseRetiredLine(std::string_view text);

}  // namespace tamtap::journal
