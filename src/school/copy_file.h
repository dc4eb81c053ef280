// DATA/roster.json is a gate's copy of the school, with which it starts whatever the network does,
// and its outbox: what was said at this gate and has not been handed to the master. Both are one
// file, which is replaced atomically: a crash leaves the old or the new one.
//
//   {version, as_of_us, as_of_boot, as_of_mono_us, outbox: [change, ...], students: [...], ...}
//
// The lists are the master's school. What holds at the gate is that school with the outbox laid
// over it (CopyOfSchool::Now).
//
// What of the file can't be read (a damaged card, another program's hand, text that is not UTF-8 by
// an earlier version) costs its row alone; and before the file is replaced, all of it is copied to
// "roster.json.unreadable-1" (2, 3, ...), so that nothing is destroyed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "school/change.h"
#include "tap/school.h"

namespace tamtap {

struct CopyOfSchool {
  School school;           // the master's
  std::string version;     // of `school` at the master; empty: no master has answered yet
  int64_t as_of_us = 0;    // when it was the master's, by the master's clock; 0: never
  std::string as_of_boot;  // that moment by this machine: its boot, and the time since
  int64_t as_of_mono_us = 0;
  std::vector<SchoolChange> outbox;  // in the order in which it was said
  // Whether an earlier release wrote the file. To that one, what was said here and what came from
  // the central store were one.
  bool is_former = false;

  School Now() const;
  friend bool operator==(const CopyOfSchool&, const CopyOfSchool&) = default;
};

// Returns what can be read; an empty school if there is no file yet. kCorrupt: nothing of it can be
// read. It changes nothing.
Result<CopyOfSchool> LoadCopy(Disk& disk, const std::string& path);

// Puts `copy` in the place of a file that LoadCopy called kCorrupt, which is copied aside first.
// Does nothing if the file can be read after all.
Result<> MendCopy(Disk& disk, Clock& clock, const std::string& path, const CopyOfSchool& copy);

// Loads the copy (an empty one if nothing of the file can be read), changes it and saves it, under
// one lock with every other process that does. An error of `change` leaves the file as it is.
// kRetry: somebody else held the lock for too long.
Result<> UpdateCopy(Disk& disk, Clock& clock, const std::string& path,
                    const std::function<Result<>(CopyOfSchool&)>& change);

}  // namespace tamtap
