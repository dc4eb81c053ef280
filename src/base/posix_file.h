// What the machine's disks share: the file behind a descriptor. For base/ alone.
#pragma once

#include <dirent.h>

#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/disk.h"

namespace tamtap {

// `path` is what its errors name.
std::unique_ptr<File> MakePosixFile(Descriptor fd, std::string path);

// The names in an open directory, sorted, without "." and "..". Closes it. `directory` is what its
// errors name.
Result<std::vector<std::string>> NamesIn(DIR* stream, const std::string& directory);

}  // namespace tamtap
