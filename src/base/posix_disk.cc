#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/disk.h"
#include "base/log.h"
#include "base/ownership.h"
#include "base/posix_file.h"

namespace tamtap {
namespace {

Error Failed(const char* what, const std::string& path) {
  const int reason = errno;
  return ErrnoError(reason, fmt::format("{} {}", what, path));
}

class PosixDiskLock final : public DiskLock {
 public:
  PosixDiskLock(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  bool StillThere() override {
    struct stat held {};
    struct stat named {};
    return fstat(fd_.get(), &held) == 0 && lstat(path_.c_str(), &named) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
  }

 private:
  Descriptor fd_;  // flock(2) is released when it closes, however the process ends
  const std::string path_;
};

std::string ReadHolder(int fd) {
  char text[64] = {};
  const ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
  std::string holder(text, got > 0 ? static_cast<size_t>(got) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return holder.empty() ? "another process" : holder;
}

class MachineDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    int flags = O_CLOEXEC | O_NOFOLLOW;
    switch (mode) {
      case OpenMode::kRead:
        flags |= O_RDONLY;
        break;
      case OpenMode::kReadWrite:
        flags |= O_RDWR;
        break;
      case OpenMode::kCreateReadWrite:
        flags |= O_RDWR | O_CREAT | O_EXCL;
        break;
    }
    const int fd = open(path.c_str(), flags, 0600);
    if (fd < 0) return Failed("open", path);
    if (mode == OpenMode::kCreateReadWrite) GiveToDirectoryOwner(fd, path);
    return MakePosixFile(Descriptor(fd), path);
  }

  Result<std::vector<std::string>> List(const std::string& directory) override {
    DIR* stream = opendir(directory.c_str());
    if (stream == nullptr) return Failed("list", directory);
    return NamesIn(stream, directory);
  }

  Result<> CreateDirectories(const std::string& directory) override {
    TAMTAP_TRY(bool made, Make(directory));
    if (!made) {
      TAMTAP_RETURN_IF_ERROR(CreateDirectories(ParentDirectory(directory)));
      TAMTAP_TRY(made, Make(directory));
      if (!made) return ErrnoError(ENOENT, fmt::format("create directory {}", directory));
    }
    return {};
  }

  Result<> Rename(const std::string& from, const std::string& to) override {
    if (rename(from.c_str(), to.c_str()) != 0) return Failed("rename", from);
    return {};
  }

  Result<> Remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0) return Failed("remove", path);
    return {};
  }

  Result<> SyncDirectory(const std::string& directory) override {
    const Descriptor fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) return Failed("open", directory);
    if (fsync(fd.get()) != 0) return Failed("flush directory", directory);
    return {};
  }

  Result<bool> Exists(const std::string& path) override {
    struct stat status {};
    if (lstat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT) return false;
    return Failed("stat", path);
  }

  Result<uint64_t> FreeBytes(const std::string& path) override {
    struct statvfs status {};
    if (statvfs(path.c_str(), &status) != 0) return Failed("statvfs", path);
    return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
  }

  Result<std::unique_ptr<DiskLock>> Lock(const std::string& path) override {
    TAMTAP_TRY(Descriptor fd, OpenToLock(path));
    if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return Failed("lock", path);
      return Error{ErrorCode::kMisconfigured, fmt::format("lock {}", path), EWOULDBLOCK,
                   fmt::format("it is in use by {}; stop that one first, or choose another --data",
                               ReadHolder(fd.get()))};
    }
    const std::string holder =
        fmt::format("process {} ({})\n", getpid(), program_invocation_short_name);
    if (ftruncate(fd.get(), 0) != 0 ||
        pwrite(fd.get(), holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size())) {
      // A full disk must not keep a terminal from starting: the lock itself is held.
      LogWarning("{}: could not note the holder: {}", path, std::strerror(errno));
    }
    return std::make_unique<PosixDiskLock>(std::move(fd), path);
  }

 private:
  // Whether the directory is there now; false: its parent is not.
  Result<bool> Make(const std::string& directory) {
    if (mkdir(directory.c_str(), 0700) == 0) {
      const Descriptor fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (fd.get() < 0) return Failed("open", directory);
      GiveToDirectoryOwner(fd.get(), directory);
      TAMTAP_RETURN_IF_ERROR(SyncDirectory(ParentDirectory(directory)));
      return true;
    }
    if (errno == ENOENT) return false;
    if (errno != EEXIST) return Failed("create directory", directory);
    struct stat status {};
    if (stat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return true;
    return ErrnoError(ENOTDIR, fmt::format("create directory {}", directory),
                      "a file of that name is in the way");
  }

  // Another process may create it, or have created it, at the same moment.
  static Result<Descriptor> OpenToLock(const std::string& path) {
    constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
    Descriptor created(open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600));
    if (created.get() >= 0) {
      GiveToDirectoryOwner(created.get(), path);
      return created;
    }
    if (errno != EEXIST) return Failed("open", path);
    Descriptor there(open(path.c_str(), kFlags));
    if (there.get() < 0) return Failed("open", path);
    return there;
  }
};

}  // namespace

Disk& PosixDisk() {
  static MachineDisk disk;
  return disk;
}

}  // namespace tamtap
