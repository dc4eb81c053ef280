// DATA/roster.json is the roster that a terminal starts with, whatever the network does. It is
// replaced atomically: a crash leaves the old or the new one.
//
// What of it can't be read (a damaged card, another program's hand, text that is not UTF-8 by an
// earlier version) costs its row alone; and before the file is replaced, all of it is copied to
// "roster.json.unreadable-1" (2, 3, ...), so that nothing is destroyed.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

// Returns what can be read; an empty school if there is no file yet. kCorrupt: nothing of it can be
// read. It changes nothing.
Result<School> LoadSchool(Disk& disk, const std::string& path);

// Puts `school` in the place of a file that LoadSchool called kCorrupt, which is copied aside
// first. Does nothing if the file can be read after all.
Result<> MendSchoolFile(Disk& disk, Clock& clock, const std::string& path, const School& school);

// Loads the school (an empty one if nothing of the file can be read), changes it and saves it,
// under one lock with every other process that does. An error of `change` leaves the file as it is.
// kRetry: somebody else held the lock for too long.
Result<> UpdateSchool(Disk& disk, Clock& clock, const std::string& path,
                      const std::function<Result<>(School&)>& change);

}  // namespace tamtap
