// SegmentFile: the segment to which lines are added, and how they reach the disk.
//
// Where the file system can, lines that must be durable are written as whole blocks, past the page
// cache, by one call that returns when they are (File::WriteBlocks): the disk's true limit. That
// makes nothing else of the file durable. So it is done only if all that was written before is
// durable already; otherwise lines go through the page cache, and a flush takes all of it along.
//
// Not thread-safe: it is the leader's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::journal {

class SegmentFile {
 public:
  // `file`: of `capacity` bytes, all of them newlines, and durable.
  SegmentFile(std::unique_ptr<File> file, uint64_t number, uint64_t capacity);

  // Goes on after the first `end` bytes, which are durable and end in a line without its newline.
  Result<> ResumeAt(uint64_t end);

  // Adds `bytes` (whole lines); where there is no room for them the file grows. With `sync`, they
  // and all that was added before are durable on return. After an error nothing may be added any
  // more.
  Result<> Add(std::string_view bytes, bool sync);

  // Adds without blocks from now on.
  void UseNoBlocks() { block_bytes_ = 0; }
  // Whether the last Add() wrote blocks.
  bool wrote_blocks() const { return wrote_blocks_; }

  uint64_t number() const { return number_; }
  uint64_t offset() const { return offset_; }  // where the next line goes
  bool HasRoomFor(size_t bytes) const { return offset_ + bytes <= capacity_; }

 private:
  // What a block of a disk needs of the memory that is written to it.
  struct alignas(4096) Block {
    std::array<char, 4096> bytes;
  };
  // The blocks in which `bytes` will lie, as they will be. Nothing: the file ends in one of them.
  std::string_view BlocksWith(std::string_view bytes);
  // Notes what the block holds before the place of the next line.
  void NoteAdded(std::string_view bytes);

  std::unique_ptr<File> file_;
  uint64_t number_;
  uint64_t capacity_;
  uint64_t offset_ = 0;
  size_t block_bytes_;         // 0: the file has none, or is not blank after `offset_`
  std::string beginning_;      // of the block in which the next line goes, up to that line
  std::vector<Block> blocks_;  // what BlocksWith() made last
  bool all_durable_ = true;    // whatever was written to it
  bool wrote_blocks_ = false;
};

}  // namespace tamtap::journal
