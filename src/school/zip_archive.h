// A zip archive in memory, read within bounds: what an entry says about its size is not believed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

class ZipArchive {
 public:
  // `bytes` must outlive the archive. kRejected: it is none, or a damaged one.
  static Result<ZipArchive> Open(std::string_view bytes);

  bool Has(std::string_view name);
  // An entry, unpacked. kRejected: it is not there, can't be unpacked, has more than `most_bytes`,
  // or all that was read of this archive would be more than `kMostUnpackedBytes`.
  Result<std::string> Read(std::string_view name, size_t most_bytes);

  static constexpr size_t kMostUnpackedBytes = 128 << 20;

 private:
  struct Source {
    std::string_view bytes;
    size_t at = 0;
  };
  struct Closer {
    void operator()(void* archive) const;
  };

  std::unique_ptr<Source> source_;
  std::unique_ptr<void, Closer> archive_;
  size_t left_ = kMostUnpackedBytes;
};

}  // namespace tamtap
