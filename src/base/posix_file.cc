#include "base/posix_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tamtap {
namespace {

Error Failed(const char* what, const std::string& path) {
  const int reason = errno;
  return ErrnoError(reason, fmt::format("{} {}", what, path));
}

constexpr size_t kBlockBytes = 4096;

// Another descriptor of the file, which passes by the page cache. None: its file system has no such
// writes, or is not one of those of which it is known that they keep RWF_DSYNC: FUSE hands the flag
// to a program, which may forget it.
Descriptor OpenDirect(int fd) {
  struct statfs system {};
  if (fstatfs(fd, &system) != 0) return {};
  const auto kind = static_cast<unsigned long>(system.f_type);
  if (kind != EXT4_SUPER_MAGIC && kind != XFS_SUPER_MAGIC) return {};
  struct statx status {};
  if (statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) != 0) return {};
  const bool is_told = (status.stx_mask & STATX_DIOALIGN) != 0;
  const auto fits = [](uint32_t align) { return align != 0 && kBlockBytes % align == 0; };
  if (!is_told || !fits(status.stx_dio_offset_align) || !fits(status.stx_dio_mem_align)) return {};
  const std::string name = fmt::format("/proc/self/fd/{}", fd);
  return Descriptor(open(name.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<> WriteAt(uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written =
          pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0) {
        if (errno == EINTR) continue;
        return Failed("write", path_);
      }
      if (written == 0) return ErrnoError(EIO, fmt::format("write {}", path_));
      offset += static_cast<uint64_t>(written);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

  Result<size_t> ReadAt(uint64_t offset, std::span<char> buffer) override {
    size_t total = 0;
    while (total < buffer.size()) {
      const ssize_t got = pread(fd_.get(), buffer.data() + total, buffer.size() - total,
                                static_cast<off_t>(offset + total));
      if (got < 0) {
        if (errno == EINTR) continue;
        return Failed("read", path_);
      }
      if (got == 0) break;
      total += static_cast<size_t>(got);
    }
    return total;
  }

  Result<> DataSync() override {
    // No retry on EINTR: an interrupted flush is a failed one, and those are not repeated on the
    // same descriptor (the kernel may have dropped the dirty pages).
    if (fdatasync(fd_.get()) != 0) return Failed("flush", path_);
    return {};
  }

  size_t BlockBytes() override {
    if (!direct_) direct_ = OpenDirect(fd_.get());
    return direct_ ? kBlockBytes : 0;
  }

  Result<> WriteBlocks(uint64_t offset, std::string_view blocks) override {
    if (BlockBytes() == 0) return File::WriteBlocks(offset, blocks);
    // pwritev2 does not change what it is given to write.
    const iovec part{const_cast<char*>(blocks.data()), blocks.size()};
    const ssize_t written =
        pwritev2(direct_.get(), &part, 1, static_cast<off_t>(offset), RWF_DSYNC);
    if (written < 0) return Failed("write blocks of", path_);
    if (static_cast<size_t>(written) != blocks.size()) {
      return ErrnoError(EIO, fmt::format("write blocks of {}", path_));
    }
    return {};
  }

  Result<uint64_t> Size() override {
    struct stat status {};
    if (fstat(fd_.get(), &status) != 0) return Failed("stat", path_);
    return static_cast<uint64_t>(status.st_size);
  }

  Result<> Truncate(uint64_t size) override {
    if (ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return Failed("truncate", path_);
    return {};
  }

 private:
  Descriptor fd_;
  Descriptor direct_;  // opened when it is first asked for
  std::string path_;
};

}  // namespace

std::unique_ptr<File> MakePosixFile(Descriptor fd, std::string path) {
  return std::make_unique<PosixFile>(std::move(fd), std::move(path));
}

Result<std::vector<std::string>> NamesIn(DIR* stream, const std::string& directory) {
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  const int reason = errno;
  closedir(stream);
  if (reason != 0) return ErrnoError(reason, fmt::format("list {}", directory));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace tamtap
