#include "base/disk_beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/ownership.h"
#include "base/posix_file.h"

namespace tamtap {
namespace {

Error Failed(const char* what, const std::string& path) {
  const int reason = errno;
  return ErrnoError(reason, fmt::format("{} {}", what, path));
}

bool IsRegular(const struct stat& status) { return S_ISREG(status.st_mode); }

class DiskBeneath final : public Disk {
 public:
  explicit DiskBeneath(std::string root) : root_(std::move(root)) {}

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    const Error not_regular{ErrorCode::kRejected, fmt::format("open {}", path), 0,
                            "it is no regular file; remove it"};
    TAMTAP_TRY(const Descriptor directory, OpenParent(path));
    const std::string name = NameOf(path);
    constexpr uint64_t kAlways = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (mode == OpenMode::kCreateReadWrite) {
      Descriptor made = At(directory.get(), name, kAlways | O_RDWR | O_CREAT | O_EXCL, 0600);
      if (made.get() < 0) return Failed("open", path);
      GiveToDirectoryOwner(made.get(), path);
      return MakePosixFile(std::move(made), path);
    }
    // To open a device may do something already, so what it is comes first.
    const Descriptor looked_at = At(directory.get(), name, O_PATH | O_CLOEXEC);
    if (looked_at.get() < 0) return Failed("open", path);
    struct stat before {};
    if (fstat(looked_at.get(), &before) != 0) return Failed("stat", path);
    if (!IsRegular(before)) return not_regular;
    Descriptor opened =
        At(directory.get(), name, kAlways | (mode == OpenMode::kRead ? O_RDONLY : O_RDWR));
    if (opened.get() < 0) return Failed("open", path);
    struct stat after {};
    if (fstat(opened.get(), &after) != 0) return Failed("stat", path);
    const bool same = before.st_dev == after.st_dev && before.st_ino == after.st_ino;
    if (!same || !IsRegular(after)) return not_regular;
    return MakePosixFile(std::move(opened), path);
  }

  Result<std::vector<std::string>> List(const std::string& directory) override {
    TAMTAP_TRY(const Descriptor fd, OpenDirectory(directory));
    DIR* const stream = fdopendir(dup(fd.get()));
    if (stream == nullptr) return Failed("list", directory);
    return NamesIn(stream, directory);
  }

  Result<> CreateDirectories(const std::string& directory) override {
    TAMTAP_TRY(const std::string inside, Inside(directory));
    TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(root_));
    std::string path = root_;
    for (size_t begin = 0; begin < inside.size();) {
      const size_t end = std::min(inside.find('/', begin), inside.size());
      const std::string name = inside.substr(begin, end - begin);
      begin = end + 1;
      if (name == ".") continue;
      TAMTAP_TRY(const Descriptor parent, OpenDirectory(path));
      path = JoinPath(path, name);
      if (mkdirat(parent.get(), name.c_str(), 0700) == 0) {
        TAMTAP_TRY(const Descriptor made, OpenDirectory(path));
        GiveToDirectoryOwner(made.get(), path);
        if (fsync(parent.get()) != 0) return Failed("flush the directory of", path);
      } else if (errno != EEXIST) {
        return Failed("create directory", path);
      }
    }
    TAMTAP_TRY(const Descriptor there, OpenDirectory(directory));
    return {};
  }

  Result<> Rename(const std::string& from, const std::string& to) override {
    TAMTAP_TRY(const Descriptor source, OpenParent(from));
    TAMTAP_TRY(const Descriptor target, OpenParent(to));
    if (renameat(source.get(), NameOf(from).c_str(), target.get(), NameOf(to).c_str()) != 0) {
      return Failed("rename", from);
    }
    return {};
  }

  Result<> Remove(const std::string& path) override {
    TAMTAP_TRY(const Descriptor directory, OpenParent(path));
    if (unlinkat(directory.get(), NameOf(path).c_str(), 0) != 0) return Failed("remove", path);
    return {};
  }

  Result<> SyncDirectory(const std::string& directory) override {
    TAMTAP_TRY(const Descriptor fd, OpenDirectory(directory));
    if (fsync(fd.get()) != 0) return Failed("flush directory", directory);
    return {};
  }

  Result<bool> Exists(const std::string& path) override {
    TAMTAP_TRY(const std::string inside, Inside(path));
    if (inside == ".") return PosixDisk().Exists(root_);
    const auto directory = OpenParent(path);
    if (!directory && directory.error().errno_value == ENOENT) return false;
    if (!directory) return directory.error();
    struct stat status {};
    if (fstatat(directory->get(), NameOf(path).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
      return true;
    }
    if (errno == ENOENT) return false;
    return Failed("stat", path);
  }

  Result<uint64_t> FreeBytes(const std::string& path) override {
    TAMTAP_TRY(const Descriptor fd, OpenDirectory(path));
    struct statvfs status {};
    if (fstatvfs(fd.get(), &status) != 0) return Failed("statvfs", path);
    return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
  }

  Result<std::unique_ptr<DiskLock>> Lock(const std::string& path) override {
    TAMTAP_TRY(const Descriptor directory, OpenParent(path));
    return PosixDisk().Lock(path);  // which follows no link at its end
  }

 private:
  // Relative to the root; "." is the root.
  Result<std::string> Inside(const std::string& path) const {
    if (path == root_) return std::string(".");
    const std::string begin = root_.ends_with('/') ? root_ : root_ + "/";
    if (path.starts_with(begin) && path.find('\0') == std::string::npos) {
      return path.substr(begin.size());
    }
    return Error{ErrorCode::kRejected, fmt::format("open {}", path), 0,
                 fmt::format("it is not beneath {}", root_)};
  }

  static std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  static Descriptor At(int directory, const std::string& name, uint64_t flags, uint64_t mode = 0) {
    open_how how{};
    how.flags = flags;
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return Descriptor(
        static_cast<int>(syscall(SYS_openat2, directory, name.c_str(), &how, sizeof(how))));
  }

  Result<Descriptor> OpenDirectory(const std::string& directory) const {
    TAMTAP_TRY(const std::string inside, Inside(directory));
    Descriptor root(open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (root.get() < 0) return Failed("open", root_);
    if (inside == ".") return root;
    Descriptor found = At(root.get(), inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (found.get() < 0) return Failed("open", directory);
    return found;
  }

  // Of what is beneath the root, so that its name names something in that directory.
  Result<Descriptor> OpenParent(const std::string& path) const {
    TAMTAP_TRY(const std::string inside, Inside(path));
    const std::string name = NameOf(path);
    if (inside == "." || name.empty() || name == "." || name == "..") {
      return Error{ErrorCode::kRejected, fmt::format("open {}", path), 0, "it names no file"};
    }
    return OpenDirectory(ParentDirectory(path));
  }

  const std::string root_;
};

}  // namespace

std::unique_ptr<Disk> MakeDiskBeneath(std::string root) {
  while (root.size() > 1 && root.ends_with('/')) root.pop_back();
  return std::make_unique<DiskBeneath>(std::move(root));
}

}  // namespace tamtap
