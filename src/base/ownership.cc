#include "base/ownership.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/disk.h"
#include "base/log.h"

namespace tamtap {

void GiveToDirectoryOwner(int descriptor, const std::string& path) {
  if (geteuid() != 0) return;
  struct stat directory {};
  struct stat made {};
  const std::string parent = ParentDirectory(path);
  if (stat(parent.c_str(), &directory) != 0 || fstat(descriptor, &made) != 0) {
    const int reason = errno;
    LogWarning("{}: whose it should be is not known: {}", path, std::strerror(reason));
    return;
  }
  const bool there = made.st_uid == directory.st_uid && made.st_gid == directory.st_gid;
  if (directory.st_uid == 0 || there) return;
  if (fchown(descriptor, directory.st_uid, directory.st_gid) != 0) {
    const int reason = errno;
    LogWarning("{} stays root's, though its directory is user {}'s: {}", path, directory.st_uid,
               std::strerror(reason));
  }
}

}  // namespace tamtap
