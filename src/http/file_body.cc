#include "http/file_body.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "http/wire.h"

namespace tamtap::http {

class FileBody::Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() { close(descriptor_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

Result<FileBody> FileBody::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    const bool later = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    return Error{later ? ErrorCode::kRetry : ErrorCode::kRejected, "open " + path, errno, {}};
  }
  auto file = std::make_shared<Descriptor>(descriptor);
  struct stat status {};
  if (fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kRejected, "open " + path, 0, "it is no file"};
  }
  return FileBody(std::move(file), static_cast<uint64_t>(status.st_size));
}

void FileBody::Choose(std::string_view range, Response& response) {
  const uint64_t size = left_;
  response.headers.emplace_back("Accept-Ranges", "bytes");
  ByteRange part;
  const RangeKind kind = response.status == 200 ? ParseRange(range, size, part) : RangeKind::kWhole;
  if (kind == RangeKind::kUnsatisfiable) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    left_ = 0;
  } else if (kind == RangeKind::kPart) {
    response.status = 206;
    response.headers.emplace_back("Content-Range", "bytes " + std::to_string(part.first) + "-" +
                                                       std::to_string(part.last) + "/" +
                                                       std::to_string(size));
    offset_ = part.first;
    left_ = part.last - part.first + 1;
  }
}

std::string FileBody::Read(size_t most) {
  std::string data(static_cast<size_t>(std::min<uint64_t>(left_, most)), '\0');
  ssize_t got = 0;
  do {
    got = pread(file_->get(), data.data(), data.size(), static_cast<off_t>(offset_));
  } while (got < 0 && errno == EINTR);
  data.resize(got > 0 ? static_cast<size_t>(got) : 0);
  offset_ += data.size();
  left_ -= data.size();
  return data;
}

}  // namespace tamtap::http
