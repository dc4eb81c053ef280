// Photos lie in a directory a day, "PHOTOS/2026-11-23/...", at gates and at the server. Here they
// go when they are older than the school keeps them. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap {

// Removes at most `most` files of days before `first_kept_day` ("YYYY-MM-DD"), the oldest day
// first, and directories that are empty then. Returns how many files it removed; 0: there are none
// left. Days for which `keeps` is true stay; what is no directory of a day is not touched.
Result<size_t> RemoveOldPhotos(Disk& disk, const std::string& directory,
                               std::string_view first_kept_day, size_t most,
                               const std::function<bool(const std::string& day)>& keeps);

}  // namespace tamtap
