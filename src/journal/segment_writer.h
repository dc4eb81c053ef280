// SegmentWriter: puts bytes on the disk, durably, segment after segment.
//
// Law 3: a descriptor that failed once is never used again; the same bytes go into a new segment,
// or the write fails. Write() is for one thread at a time (the leader of a commit); Prepare() runs
// on another thread, ahead of need.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/disk.h"
#include "base/mutex.h"
#include "base/result.h"
#include "journal/segment_file.h"

namespace tamtap::journal {

// Where a write landed.
struct Placement {
  uint64_t segment = 0;
  uint64_t offset = 0;
};

class SegmentWriter {
 public:
  struct Options {
    std::string directory;
    std::string journal;    // its id
    uint64_t capacity = 0;  // bytes of a segment
  };
  SegmentWriter(Disk& disk, Options options, uint64_t last_number)
      : disk_(disk), options_(std::move(options)), last_number_(last_number) {}

  // Writes and flushes the first `end` bytes of a segment once more, as they are: a flush may have
  // failed before the process ended, and then the page cache shows bytes that the disk never got.
  Result<> Reaffirm(uint64_t number, uint64_t end);
  // Goes on in an existing segment, after its first `end` bytes.
  Result<> Resume(uint64_t number, uint64_t end);
  // Takes a blank segment that a process before this one prepared.
  Result<> AdoptPrepared(uint64_t number) EXCLUDES(next_mutex_);

  // Appends `bytes` (whole lines); with `sync`, they are durable on return. On an error any part of
  // them may be on disk, in a segment that is not written to again.
  Result<Placement> Write(std::string_view bytes, bool sync);

  // Prepares the next segment, if there is none: a file of newlines, flushed, and its directory
  // too. Without it the next rotation does the same while somebody waits.
  Result<> Prepare() EXCLUDES(next_mutex_);

  // Segments that failed since the last call: nothing may be written to them any more.
  std::vector<uint64_t> TakeBroken() { return std::exchange(broken_, {}); }

 private:
  // A blank segment.
  struct Prepared {
    std::unique_ptr<File> file;
    uint64_t number = 0;
  };
  std::string PathOf(uint64_t number) const;
  // Moves on to the prepared segment, or makes one.
  Result<> Advance() EXCLUDES(next_mutex_);
  Result<Prepared> Create() REQUIRES(next_mutex_);

  Disk& disk_;
  const Options options_;
  std::optional<SegmentFile> current_;
  bool blocks_work_ = true;  // a disk that failed to write blocks is not asked for it again
  std::vector<uint64_t> broken_;
  Mutex next_mutex_;
  Prepared next_ GUARDED_BY(next_mutex_);
  uint64_t last_number_ GUARDED_BY(next_mutex_);
};

}  // namespace tamtap::journal
