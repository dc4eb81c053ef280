// Recovery: finds out what the segments in a directory amount to. It reads only what it must: its
// cost grows with what was written since the newest checkpoint, and not with the journal's history
// (law 6).
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
  std::string journal;  // its id; empty if there is none yet
  Ledger ledger;
  std::vector<SegmentInfo> segments;  // ascending
  RetiredLine retired;                // what has left the journal
  std::vector<uint64_t> left_behind;  // retired segments whose files are still there
  uint64_t checkpoints = 0;           // the number of the newest checkpoint
  uint64_t covers = 0;                // Checkpoint::covers of it: no line may be added before that
  SequenceSet found_again;            // taps that were called lost, and whose lines were found now
  uint64_t unknown_lines = 0;
  std::vector<Damage> damage;
};

struct RecoverOptions {
  std::string directory;
  // The id of the journal that is wanted; what belongs to another one is foreign. If it is empty,
  // it is the id that the file "retired" names or, without that file, the first segment.
  std::string journal;
  // Duplicates are found from this day on ("YYYY-MM-DD"). It is yesterday, by the clock.
  std::string first_indexed_day;
  // Whether anybody vouches for that clock. If nobody does, duplicates are found from the day
  // before the last vouched day on, and on the days that the clock shows now: a clock that shows
  // 1970 or 2038 must neither make a start read the whole history nor make it forget who has tapped
  // today.
  bool clock_is_vouched = true;
  bool read_everything = false;  // for `verify`: every line is read, and no checkpoint is believed
};

// It only reads, and changes nothing on the disk. Errors come from the disk, never from the
// content: the table in recovery_cases.h says what becomes of whatever is found.
Result<JournalState> Recover(Disk& disk, const RecoverOptions& options);

}  // namespace tamtap::journal
