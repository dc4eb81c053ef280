// Segments: the journal's files, "00000001.jsonl" and on, and what can be found in one.
//
// A segment in use is `capacity` bytes long: lines, then newlines up to the end. Blank lines mean
// nothing, so the file is JSON Lines at every moment, and a flush has no metadata to write.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"
#include "journal/checkpoint.h"
#include "journal/line.h"

namespace tamtap::journal {

enum class DamageKind {
  kCorrupt,         // a line whose checksum is wrong, or bytes that were a line and no longer are
  kBrokenSeal,      // a seal whose checksum is wrong; its segment is read in full, nothing is lost
  kTornTail,        // the start of a write that a crash cut short; nobody was told SUCCESS for it
  kMissingSegment,  // no file has this number, although files have lower and higher ones
  kForeignSegment,  // its first line names another number or journal: a copied or renamed file
  kMissingTaps,     // these numbers were given to taps, and no line has them
};
std::string_view ToString(DamageKind kind);
// Whether something that was acknowledged may be gone.
bool IsLoss(DamageKind kind);

// What is damaged, and where:
//   kCorrupt, kBrokenSeal, kTornTail   `length` bytes of the segment's file, from `offset` on
//   kMissingSegment                    `length` segments, from `segment` on
//   kForeignSegment                    the whole file
//   kMissingTaps                       `length` sequence numbers, from `offset` on
struct Damage {
  DamageKind kind = DamageKind::kCorrupt;
  uint64_t segment = 0;
  uint64_t offset = 0;
  uint64_t length = 0;
  friend bool operator==(const Damage&, const Damage&) = default;
};

std::string SegmentName(uint64_t number);
std::optional<uint64_t> SegmentNumber(std::string_view file_name);
// Returns the numbers of the segments in a directory, ascending. Other files are ignored.
Result<std::vector<uint64_t>> ListSegments(Disk& disk, const std::string& directory);

// What one pass over a segment's bytes finds, in order.
class LineVisitor {
 public:
  virtual ~LineVisitor() = default;
  virtual void OnLine(uint64_t offset, const LineView& line) = 0;
  virtual void OnDamage(uint64_t offset, uint64_t length, DamageKind kind) = 0;
};

// Finds every whole line, also between and inside damaged bytes, so that damage costs only the
// lines that it touches. It is a pure function and takes any bytes. `at_end` says that nothing was
// ever written after these bytes, so that damage at their end may be a torn tail. Returns the
// offset after the last byte that is not a newline.
uint64_t ScanLines(std::string_view bytes, bool at_end, LineVisitor& visitor);

// The same of a part of a file that begins and ends at a line, in pieces of 256 KiB, for as long as
// `more` returns true; offsets count from the beginning of each piece. What stands after that part
// tells nothing of damage at its end.
Result<> ScanFile(File& file, uint64_t offset, uint64_t end, LineVisitor& visitor,
                  const std::function<bool()>& more);

// Returns the segment line if the segment begins with a good one, or nothing. It reads only the
// beginning of the file.
Result<std::optional<SegmentLine>> ReadHeader(File& file);
// Returns the seal if the segment ends in a good one, or nothing. It reads only the end of the
// file.
Result<std::optional<SealLine>> ReadSeal(File& file);

}  // namespace tamtap::journal
