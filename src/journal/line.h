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
#include <variant>

#include "base/result.h"
#include "tap/record.h"
#include "tap/refusal_record.h"
#include "tap/store_identity.h"

namespace tamtap::journal {

inline constexpr std::string_view kChecksumKey = ",\"crc\":\"";
inline constexpr size_t kChecksumDigits = 8;
// ,"crc":"xxxxxxxx"}
inline constexpr size_t kTrailerBytes = kChecksumKey.size() + kChecksumDigits + 2;
static_assert(kTrailerBytes == 18, "the trailer is part of the format");
inline constexpr size_t kMaxLineBytes = 64 << 10;
inline constexpr size_t kMostReasonBytes = 500;  // of a quarantine; what is longer is cut
// Numbers of taps and segments stay where every JSON reader has them exactly.
inline constexpr uint64_t kMaxNumber = (uint64_t{1} << 53) - 1;

enum class LineType {
  kSegment,
  kStart,
  kTap,
  kOutcome,
  kClock,
  kStore,
  kRefusal,
  kHanded,
  kSeal,     // checkpoint.h
  kRetired,  // checkpoint.h
  kUnknown,
};

// When a tap was taken, by the clock that never jumps. A later correction of the wall clock needs
// it.
struct TapStamp {
  std::string boot;     // Clock::BootId()
  int64_t mono_us = 0;  // Clock::MonotonicNow(), microseconds
};

// First line of a segment.
struct SegmentLine {
  uint64_t number = 0;  // the number in the file's name, which betrays a copied or renamed file
  std::string journal;  // the id of the journal, which betrays another journal's file
};

// Written at every start of a terminal. It names the new generation, and where the one before it
// ended.
struct StartLine {
  std::string terminal;
  std::string generation;
  std::string previous_generation;  // empty: none
  uint64_t previous_last_sequence = 0;
  std::string boot;
  int64_t at_us = 0;  // wall clock
};

// What becomes of taps. Only these words change the state of a tap; ledger.h has the table.
enum class TapOutcome {
  kConfirmed,    // the central store has taken it
  kFoundThere,   // the central store had it already: confirmed, but nobody knows since when
  kQuarantined,  // the central store refused it for good
  kRequeued,     // a quarantined tap is pending again
  kVoid,         // never acknowledged: its flush failed, and the person was told so
  kLost,         // a pending tap whose line can't be read any more, here or on the mirror
  kLacking,      // a confirmed tap that the store turned out not to have: it is pending again
  kUnchecked,    // confirmed taps that the store is to be asked about once more
  kChecked,      // the store was asked, and has them
};

// One tap.
struct TapLine {
  uint64_t sequence = 0;
  TapStamp stamp;
  Record record;
};

// What became of the taps `first`..`last` (inclusive).
struct OutcomeLine {
  uint64_t first = 0;
  uint64_t last = 0;
  TapOutcome outcome = TapOutcome::kConfirmed;
  std::string reason;  // of a quarantine
};

// The confirmations in the lines after this one come from this store.
struct StoreLine {
  StoreIdentity store;
};

// What the wall clock of a boot should have shown: `base_us` + TapStamp::mono_us, microseconds
// since 1970 UTC. Written before any tap that it corrects is sent, and never changed: no stored day
// moves.
struct ClockLine {
  std::string boot;
  int64_t base_us = 0;
  bool sure = false;  // false: an estimate, because that boot never had a right clock
};

// A card that was turned away. Refusals are counted apart from taps.
struct RefusalLine {
  uint64_t number = 0;
  TapStamp stamp;
  RefusalRecord refusal;
};

// The refusals up to this number were handed to the central store, or can't be any more.
struct HandedLine {
  uint64_t refusals = 0;
};

// Each appends one whole line, '\n' included.
void AppendSegmentLine(const SegmentLine& line, std::string& out);
void AppendStartLine(const StartLine& line, std::string& out);
// `boot` and `mono_us` are those of a TapStamp: to copy the boot for each tap would cost memory.
void AppendTapLine(uint64_t sequence, std::string_view boot, int64_t mono_us, const Record& record,
                   std::string& out);
void AppendOutcomeLine(const OutcomeLine& line, std::string& out);
void AppendClockLine(const ClockLine& line, std::string& out);
void AppendStoreLine(const StoreLine& line, std::string& out);
void AppendRefusalLine(uint64_t number, const TapStamp& stamp, const RefusalRecord& refusal,
                       std::string& out);
void AppendHandedLine(const HandedLine& line, std::string& out);

// What the ledger needs to know of a tap. Views: nothing is copied on the way of a tap.
struct TapSummary {
  uint64_t sequence = 0;
  std::string_view boot;
  std::string_view day;
  std::string_view person;
  int64_t tapped_at_us = 0;  // as in Record
  bool vouched = false;      // its clock was known to be right
};

// What the ledger needs to know of a refusal.
struct RefusalSummary {
  uint64_t number = 0;
};

// A line whose checksum holds. Views point into the checked text.
struct LineView {
  LineType type = LineType::kUnknown;  // also of an unknown version
  std::string_view text;               // without '\n'
  // These are set for taps only. They are found without parsing the whole line (SummaryOf has
  // more):
  uint64_t sequence = 0;
  std::string_view tap_id;
  std::string_view record;  // the record's JSON object
  RefusalSummary refusal;   // set for refusals only, in the same way
};

// Returns nothing if `text` (without its '\n') is no line or its checksum does not hold.
std::optional<LineView> CheckLine(std::string_view text);

// Returns what the ledger needs of the line of a tap, without parsing the whole line.
TapSummary SummaryOf(const LineView& tap);

// What one line means to the ledger.
using Line = std::variant<TapSummary, StartLine, OutcomeLine, ClockLine, StoreLine, RefusalSummary,
                          HandedLine>;
// Returns nothing for lines that mean nothing to the ledger: the lines about the file itself, and
// those of an unknown type or version. kCorrupt: the checksum holds, but this version does not
// write such a content.
Result<std::optional<Line>> ParseLine(const LineView& line);

// `text` is a line whose checksum holds. kCorrupt as above.
Result<SegmentLine> ParseSegmentLine(std::string_view text);
Result<StartLine> ParseStartLine(std::string_view text);
Result<OutcomeLine> ParseOutcomeLine(std::string_view text);
Result<ClockLine> ParseClockLine(std::string_view text);
Result<StoreLine> ParseStoreLine(std::string_view text);
Result<TapLine> ParseTapLine(std::string_view text);
Result<HandedLine> ParseHandedLine(std::string_view text);
Result<RefusalLine> ParseRefusalLine(std::string_view text);

// Whether a line of that type was written without a flush of its own, so that a power cut may take
// it and leave what was written after it.
bool IsUnflushed(LineType type);

}  // namespace tamtap::journal
