// A disk that ends at one directory: for paths that strangers have a part in, as photos' names are.
// Every path is resolved by openat2(2) beneath the directory, through no symbolic link, and only
// regular files are opened: whatever lies there under a name (a link out of it, a FIFO that nobody
// writes to, a device), it is refused and neither followed nor waited for. The directory itself may
// be a link: it is staff's.
//
// Otherwise it is the machine's disk (disk.h), with the same paths: they begin with the directory.
// Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "base/disk.h"

namespace tamtap {

// `root` need not exist yet; CreateDirectories() of it or of what is beneath makes it.
std::unique_ptr<Disk> MakeDiskBeneath(std::string root);

}  // namespace tamtap
