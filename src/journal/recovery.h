// Recovery: from a directory of segments to what they amount to, reading only what it must: its
// cost follows what was written since the newest checkpoint, not the journal's history.
#pragma once

#include <string>
#include <vector>

#include "base/disk.h"
#include "journal/ledger.h"
#include "journal/recovery_cases.h"
#include "journal/retention.h"
#include "journal/segment.h"
#include "journal/segment_info.h"

namespace tamtap::journal {

struct JournalState {
  std::string journal;  // its id; empty: none yet
  Ledger ledger;
  std::vector<SegmentInfo> segments;  // ascending
  RetiredLine retired;                // what left the journal
  std::vector<uint64_t> left_behind;  // segments that left it by name, but are still there
  uint64_t checkpoints = 0;           // the number of the newest
  uint64_t covers = 0;                // its Checkpoint::covers: no line may be added before that
  SequenceSet found_again;            // taps that were lost, and whose lines were read all the same
  uint64_t unknown_lines = 0;
  std::vector<Damage> damage;
};

struct RecoverOptions {
  std::string directory;
  // The id of the journal that is wanted: whatever is not of it is foreign. Empty: the one that
  // "retired" names, or else the first segment.
  std::string journal;
  // Duplicates are known from this day on: yesterday, by the clock.
  std::string first_indexed_day;
  // Whether anybody vouches for that clock. Else duplicates are known from the day before the last
  // day that was vouched for, and of the days that the clock shows now: a clock that shows 1970 or
  // 2038 must neither make a start read all history nor forget who has tapped today.
  bool clock_is_vouched = true;
  bool read_everything = false;  // for `verify`: no checkpoint is believed
};

// Reads only; changes nothing on disk. Errors are of the disk, never of the content:
// recovery_cases.h says what becomes of whatever is found.
Result<JournalState> Recover(Disk& disk, const RecoverOptions& options);

}  // namespace tamtap::journal
