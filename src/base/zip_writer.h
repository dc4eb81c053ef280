// Zip archives, written file by file into a file on disk, so that none need be in memory with
// another. Files are stored as they are, not compressed: photos would not become smaller. Every
// program that opens zip files opens them (APPNOTE.TXT 6.3.10, without Zip64: at most 4 GiB and
// 65,535 files). One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap {

class ZipWriter {
 public:
  // Into a new file, which must outlive it.
  explicit ZipWriter(File& archive) : archive_(archive) {}

  // `name` is UTF-8, with '/' between directories. kFull: the archive would become too large.
  Result<> Add(const std::string& name, std::string_view content);
  Result<> Finish();

 private:
  struct Entry {
    std::string name;
    uint32_t crc = 0;
    uint32_t size = 0;
    uint32_t offset = 0;
  };
  Result<> Write(std::string_view bytes);

  File& archive_;
  uint64_t at_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace tamtap
