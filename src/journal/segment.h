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
  kCorrupt,         // bytes that are no line and were one, or a line whose checksum does not hold
  kBrokenSeal,      // a seal that does not hold: its segment is read in full, nothing is lost
  kTornTail,        // the start of a write that a crash cut short; nobody was told SUCCESS for it
  kMissingSegment,  // a number is not there between two that are
  kForeignSegment,  // the first line says another number or journal: a copied or renamed file
  kMissingTaps,     // numbers were given away, and no line with them is there
};
std::string_view ToString(DamageKind kind);
// Whether something that was acknowledged may be gone.
bool IsLoss(DamageKind kind);

// Where. kCorrupt, kBrokenSeal and kTornTail: bytes `offset`..`offset + length` of the segment's
// file. kMissingSegment: `length` segments from `segment` on. kForeignSegment: the whole file.
// kMissingTaps: `length` sequence numbers from `offset` on.
struct Damage {
  DamageKind kind = DamageKind::kCorrupt;
  uint64_t segment = 0;
  uint64_t offset = 0;
  uint64_t length = 0;
  friend bool operator==(const Damage&, const Damage&) = default;
};

std::string SegmentName(uint64_t number);
std::optional<uint64_t> SegmentNumber(std::string_view file_name);
// Numbers of the segments in a directory, ascending; other files are none of the journal's.
Result<std::vector<uint64_t>> ListSegments(Disk& disk, const std::string& directory);

// What one pass over a segment's bytes finds, in order.
class LineVisitor {
 public:
  virtual ~LineVisitor() = default;
  virtual void OnLine(uint64_t offset, const LineView& line) = 0;
  virtual void OnDamage(uint64_t offset, uint64_t length, DamageKind kind) = 0;
};

// Finds every whole line, also between and inside damaged bytes: damage costs only the lines that
// it touches. Pure; any bytes are fine. `at_end`: the bytes reach to the end of what was ever
// written, so that damage at their end may be a torn tail. Returns the offset behind the last byte
// that is no newline.
uint64_t ScanLines(std::string_view bytes, bool at_end, LineVisitor& visitor);

// The segment line, if the segment begins with a good one; nothing otherwise. Reads only its
// beginning.
Result<std::optional<SegmentLine>> ReadHeader(File& file);
// The seal, if the segment ends in a good one; nothing otherwise. Reads only the end of the file.
Result<std::optional<SealLine>> ReadSeal(File& file);

}  // namespace tamtap::journal
