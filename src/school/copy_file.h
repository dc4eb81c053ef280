// DATA/roster.json is a gate's copy of the school, with which it starts whatever the network does,
// and its outbox: what was said at this gate and has not been handed to the master. Both are one
// file, which is replaced atomically: a crash leaves the old or the new one.
//
//   {version, store, as_of_us, as_of_boot, as_of_mono_us, went_back, outbox: [change, ...],
//    handed: [change, ...], settled: [change, ...], left: [key, ...], students: [...], ...}
//
// The lists are the master's school. What holds at the gate is that school with what was handed
// over, and then the outbox, laid over it (CopyOfSchool::Now).
//
// It is read and written row by row, never held as a whole: that of 50,000 people has 14 MB.
//
// What of the file can't be read (a damaged card, another program's hand, text that is not UTF-8 by
// an earlier version) costs its row alone; and before the file is replaced, all of it is copied to
// "roster.json.unreadable-1" (2, 3, ...), so that nothing is destroyed.
#pragma once

#include <cstdint>
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
  std::string store;       // the id of the central store that told it; empty: it can't say
  int64_t as_of_us = 0;    // when it was the master's, by the master's clock; 0: never
  std::string as_of_boot;  // that moment by this machine: its boot, and the time since
  int64_t as_of_mono_us = 0;
  // The id of the central store that was seen to have lost what it knew; empty: none was.
  std::string went_back;
  // Keys of people of whom the master has told that they left, the newest last. One that was
  // restored from an older copy has forgotten that, too.
  std::vector<std::string> left;
  std::vector<SchoolChange> outbox;  // in the order in which it was said
  // What the master took of the outbox, until it has told what it made of it.
  std::vector<SchoolChange> handed;
  // What was said here last of people whom the master has shown since, the newest last. If it shows
  // them no more, and never told that they left, it has forgotten them.
  std::vector<SchoolChange> settled;
  // Whether an earlier release wrote the file. To that one, what was said here and what came from
  // the central store were one.
  bool is_former = false;

  School Now() const;
  friend bool operator==(const CopyOfSchool&, const CopyOfSchool&) = default;
};

// A copy as it was in the file, and by what that content is known again: nothing is read twice.
struct SeenCopy {
  CopyOfSchool copy;
  bool seen = false;  // there was a look at the file
  uint64_t bytes = 0;
  uint64_t hash = 0;
  bool whole = true;  // every row of it could be read
};

// Returns what can be read; an empty school if there is no file yet. kCorrupt: nothing of it can be
// read. It changes nothing.
Result<CopyOfSchool> LoadCopy(Disk& disk, const std::string& path);

// Brings `seen` up to what the file holds by now. Who is the same as before is held once. Returns
// whether it was another; errors, as LoadCopy, leave it as it is.
Result<bool> LookAtCopy(Disk& disk, const std::string& path, SeenCopy& seen);

// Puts `copy` in the place of a file that LoadCopy called kCorrupt, which is copied aside first.
// Does nothing if the file can be read after all.
Result<> MendCopy(Disk& disk, Clock& clock, const std::string& path, const CopyOfSchool& copy);

// Loads the copy (an empty one if nothing of the file can be read), changes it and saves it, under
// one lock with every other process that does. An error of `change` leaves the file as it is.
// kRetry: somebody else held the lock for too long. `seen`, if given, spares reading what is known,
// and is what was written on success.
Result<> UpdateCopy(Disk& disk, Clock& clock, const std::string& path,
                    const std::function<Result<>(CopyOfSchool&)>& change, SeenCopy* seen = nullptr);

}  // namespace tamtap
