// DATA/roster.json: the roster that a terminal starts with, whatever the network does. Replaced
// atomically; a crash leaves the old or the new one.
#pragma once

#include <string>

#include "base/disk.h"
#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

// An empty school if there is no file yet; kCorrupt if it can't be read, and then it is left alone.
Result<School> LoadSchool(Disk& disk, const std::string& path);
Result<> SaveSchool(Disk& disk, const std::string& path, const School& school);

}  // namespace tamtap
