// What the machine's disks share: an open descriptor, and the file behind one. For base/ alone.
#pragma once

#include <dirent.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/disk.h"

namespace tamtap {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// `path` is what its errors name.
std::unique_ptr<File> MakePosixFile(Descriptor fd, std::string path);

// The names in an open directory, sorted, without "." and "..". Closes it. `directory` is what its
// errors name.
Result<std::vector<std::string>> NamesIn(DIR* stream, const std::string& directory);

}  // namespace tamtap
