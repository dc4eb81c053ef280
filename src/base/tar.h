// Tar archives of plain files (ustar, POSIX.1-1988), written and read in pieces, so that no file
// need be in memory at once. Every program that reads tar reads them. One thread at a time.
//
// What an archive says is not believed: names that lead out of a directory, entries that are no
// plain files, and headers whose sum is wrong are refused.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap {

// Whether an archive can hold a file of that name, and whether it stays in its directory: relative,
// without "." and "..", at most 100 bytes behind a directory of at most 155.
bool IsTarName(std::string_view name);

class TarWriter {
 public:
  // Into a new file, which must outlive it.
  explicit TarWriter(File& archive) : archive_(archive) {}

  // Adds the first `size` bytes of a file. `seen` is given each piece. kRetry: the file has fewer.
  Result<> Add(const std::string& name, File& file, uint64_t size,
               const std::function<void(std::string_view)>& seen);
  Result<> AddText(const std::string& name, std::string_view text);
  // Ends the archive and flushes it.
  Result<> Finish();

 private:
  Result<> Begin(const std::string& name, uint64_t size);
  Result<> Pad();

  File& archive_;
  uint64_t at_ = 0;
};

struct TarEntry {
  std::string name;
  uint64_t size = 0;
  uint64_t offset = 0;  // of its first byte in the archive
};

class TarReader {
 public:
  // `archive` must outlive it.
  explicit TarReader(File& archive) : archive_(archive) {}

  // The next file; nothing at the end. kCorrupt: it is no archive of ours, or it was cut off.
  Result<std::optional<TarEntry>> Next();
  // Gives `take` the bytes of a file in pieces.
  Result<> Read(const TarEntry& entry, const std::function<Result<>(std::string_view)>& take);

 private:
  File& archive_;
  uint64_t at_ = 0;
};

}  // namespace tamtap
