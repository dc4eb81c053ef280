// A file on its way to a client, piece by piece. Internal to this room; used on workers, since a
// disk can take its time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace tamtap::http {

class FileBody {
 public:
  // A regular file. kRetry: no descriptor or memory is left; kRejected: it is not there.
  static Result<FileBody> Open(const std::string& path);

  // Takes the part that the Range header `range` asks for, and gives the answer its status and
  // headers.
  void Choose(std::string_view range, Response& response);
  uint64_t left() const { return left_; }
  // The next piece, of at most `most` bytes. Empty: the file has become shorter than it was.
  std::string Read(size_t most);

 private:
  class Descriptor;

  FileBody(std::shared_ptr<Descriptor> file, uint64_t size) : file_(std::move(file)), left_(size) {}

  std::shared_ptr<Descriptor> file_;
  uint64_t offset_ = 0;
  uint64_t left_ = 0;
};

}  // namespace tamtap::http
