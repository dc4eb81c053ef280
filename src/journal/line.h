// One line of the journal: a complete JSON object that ends in the checksum of the bytes before it.
//
//   {"v":1,"type":"tap","seq":42,...,"record":{...},"crc":"1c291ca3"}
//
// The checksum is CRC-32 (IEEE 802.3, as zlib computes it) of everything before `,"crc":`, as eight
// lower-case hexadecimal digits. docs/journal-format.md has the bytes of every type. Pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/sequence_set.h"
#include "tap/record.h"

namespace tamtap::journal {

inline constexpr int kLineVersion = 1;
inline constexpr std::string_view kChecksumKey = ",\"crc\":\"";
inline constexpr size_t kChecksumDigits = 8;
// ,"crc":"xxxxxxxx"}
inline constexpr size_t kTrailerBytes = kChecksumKey.size() + kChecksumDigits + 2;
static_assert(kTrailerBytes == 18, "the trailer is part of the format");
inline constexpr size_t kMaxLineBytes = 64 << 10;
// Numbers of taps and segments stay where every JSON reader has them exactly.
inline constexpr uint64_t kMaxNumber = (uint64_t{1} << 53) - 1;

enum class LineType { kSegment, kStart, kTap, kOutcome, kClock, kSeal, kRetired, kUnknown };

// When and where a tap was taken, besides what its record says: what a later correction of the
// clock needs.
struct TapStamp {
  std::string boot;     // Clock::BootId()
  int64_t mono_us = 0;  // Clock::MonotonicNow(), microseconds
};

// First line of a segment.
struct SegmentLine {
  uint64_t number = 0;  // as in the file's name: a copied or renamed file shows
  std::string journal;  // drawn when the journal was made: another journal's file shows
};

// Written at every start of a terminal: a new generation, and where the one before it ended.
struct StartLine {
  std::string terminal;
  std::string generation;
  std::string previous_generation;  // empty: none
  uint64_t previous_last_sequence = 0;
  std::string boot;
  int64_t at_us = 0;  // wall clock
};

enum class TapOutcome {
  kConfirmed,
  kQuarantined,
  kRequeued,
  kVoid,  // never acknowledged: the flush failed, and the person was told so
};

// What became of the taps `first`..`last` (inclusive).
struct OutcomeLine {
  uint64_t first = 0;
  uint64_t last = 0;
  TapOutcome outcome = TapOutcome::kConfirmed;
  std::string reason;  // of a quarantine
};

// What the wall clock of a boot should have shown: `base_us` + TapStamp::mono_us, microseconds
// since 1970 UTC. Written before any tap that it corrects is sent, and never changed: no stored day
// moves.
struct ClockLine {
  std::string boot;
  int64_t base_us = 0;
  bool sure = false;  // else an estimate: that boot never had a right clock
};

struct QuarantinedTap {
  uint64_t sequence = 0;
  std::string reason;
};

// Last line of a segment that is complete: what recovery needs in order not to read the rest.
struct SealLine {
  std::string journal;
  uint64_t records = 0;         // tap lines in this segment
  uint64_t first_sequence = 0;  // 0 when it has none
  uint64_t last_sequence = 0;
  uint64_t journal_last_sequence = 0;  // the last number given away, here or before
  std::string first_day;               // smallest and largest `day` in this segment
  std::string last_day;
  std::string generation;              // the last one that started, here or before
  uint64_t total_records = 0;          // in the journal up to this line, retired segments included
  std::vector<SequenceRange> pending;  // of all taps up to here
  std::vector<QuarantinedTap> quarantined;
  std::vector<ClockLine> clocks;      // of the last boots that needed one
  std::vector<SequenceRange> voided;  // of all taps up to here
};

// The one line of the file "retired": the state of the journal at the end of the last segment that
// left it (retention.h). Every tap up to there is confirmed.
struct RetiredLine {
  uint64_t segments = 0;  // numbers 1..segments have left
  std::string journal;
  std::string generation;
  uint64_t last_sequence = 0;  // the last number given away up to there
  uint64_t total_records = 0;
};

// Each appends one whole line, '\n' included.
void AppendSegmentLine(const SegmentLine& line, std::string& out);
void AppendStartLine(const StartLine& line, std::string& out);
// `boot` and `mono_us`: as in TapStamp.
void AppendTapLine(uint64_t sequence, std::string_view boot, int64_t mono_us, const Record& record,
                   std::string& out);
void AppendOutcomeLine(const OutcomeLine& line, std::string& out);
void AppendClockLine(const ClockLine& line, std::string& out);
void AppendSealLine(const SealLine& line, std::string& out);
void AppendRetiredLine(const RetiredLine& line, std::string& out);

// A line whose checksum holds. Views point into the checked text.
struct LineView {
  LineType type = LineType::kUnknown;  // also of an unknown version
  std::string_view text;               // without '\n'
  // Of taps only, taken from the text without parsing all of it:
  uint64_t sequence = 0;
  std::string_view boot;
  std::string_view day;
  std::string_view person;
  std::string_view tap_id;
  std::string_view record;  // the record's JSON object
};

// Nothing if the checksum or the frame does not hold. `text` is without '\n'.
std::optional<LineView> CheckLine(std::string_view text);

// Of checked lines. kCorrupt if the content is not what this version writes.
Result<SegmentLine> ParseSegmentLine(std::string_view text);
Result<StartLine> ParseStartLine(std::string_view text);
Result<OutcomeLine> ParseOutcomeLine(std::string_view text);
Result<ClockLine> ParseClockLine(std::string_view text);
Result<SealLine> ParseSealLine(std::string_view text);
Result<RetiredLine> ParseRetiredLine(std::string_view text);
struct TapLine {
  uint64_t sequence = 0;
  TapStamp stamp;
  Record record;
};
Result<TapLine> ParseTapLine(std::string_view text);

}  // namespace tamtap::journal
