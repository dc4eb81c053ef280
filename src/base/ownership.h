// Who owns what root creates. A service runs as a user of its own and keeps its data in a directory
// of that user's; its staff type commands as root. What those commands create there must belong to
// the directory's owner, or the service can't read it.
#pragma once

#include <string>

namespace tamtap {

// Gives the file or directory that was just created at `path`, open as `descriptor`, to the owner
// of the directory that it stands in. Does nothing unless this process is root and that owner is
// not. Never fails: where the file system knows no owners, the file stays as it is, and the log
// says so. Only for what this process created itself: an existing file might be a link to another
// one.
void GiveToDirectoryOwner(int descriptor, const std::string& path);

}  // namespace tamtap
