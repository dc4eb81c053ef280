// DATA/roster.json: the roster that a terminal starts with, whatever the network does. Replaced
// atomically; a crash leaves the old or the new one.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

// An empty school if there is no file yet; kCorrupt if it can't be read, and then it is left alone.
Result<School> LoadSchool(Disk& disk, const std::string& path);

// Loads the school, changes it and saves it, under one lock with every other process that does. An
// error of `change` leaves the file as it is. kRetry: somebody else held the lock for too long.
Result<> UpdateSchool(Disk& disk, Clock& clock, const std::string& path,
                      const std::function<Result<>(School&)>& change);

}  // namespace tamtap
