// ReplacedFile: writes a file anew in pieces, so that its content need never be in memory at once.
// After any crash it holds the old or the new content, whole, as with WriteFileAtomically.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap {

class ReplacedFile {
 public:
  // Begins a temporary file beside `path`. Mode 0600. Until Finish() the old content stays; what
  // was begun and not finished is removed by whoever begins next.
  static Result<ReplacedFile> Begin(Disk& disk, const std::string& path);

  Result<> Append(std::string_view bytes);
  // Flushes it, puts it in the place of the old one, and flushes that too.
  Result<> Finish();

 private:
  ReplacedFile(Disk& disk, std::string path, std::unique_ptr<File> file)
      : disk_(&disk), path_(std::move(path)), file_(std::move(file)) {}
  Result<> Write();

  Disk* disk_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::string buffer_;
  uint64_t written_ = 0;  // bytes in the file
};

}  // namespace tamtap
