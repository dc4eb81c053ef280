#include "base/disk_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/ownership.h"
#include "base/posix_file.h"

namespace tamtap {
namespace {

constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

uint64_t SizeOf(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? static_cast<uint64_t>(status.st_size)
                                                            : 0;
}

}  // namespace

void DiskReserve::Fill(uint64_t margin) {
  struct statvfs disk {};
  if (statvfs(ParentDirectory(path_).c_str(), &disk) != 0) return;
  const uint64_t free_bytes = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (free_bytes < margin + bytes_) return;
  Descriptor made(open(path_.c_str(), kFlags | O_CREAT | O_EXCL, 0600));
  if (made.get() >= 0) GiveToDirectoryOwner(made.get(), path_);
  const Descriptor fd(made.get() >= 0 ? std::move(made) : Descriptor(open(path_.c_str(), kFlags)));
  if (fd.get() < 0 || SizeOf(fd.get()) >= bytes_) return;
  if (posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes_)) == 0) fsync(fd.get());
}

bool DiskReserve::Release() {
  const Descriptor fd(open(path_.c_str(), kFlags));
  if (fd.get() < 0) return false;
  const uint64_t size = SizeOf(fd.get());
  if (size == 0) return false;
  const uint64_t left = size > step_ ? size - step_ : 0;
  // A file system that frees blocks later does so now.
  return ftruncate(fd.get(), static_cast<off_t>(left)) == 0 && fsync(fd.get()) == 0;
}

}  // namespace tamtap
