#include "base/posix_file.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tamtap {
namespace {

Error Failed(const char* what, const std::string& path) {
  const int reason = errno;
  return ErrnoError(reason, fmt::format("{} {}", what, path));
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
