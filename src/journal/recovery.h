// Recovery: from a directory of segments to the journal's state, reading only what it must.
//
// The cases, each with a test of the same name in recovery_test.cc:
//
//   found                                   | what becomes of it
//   ----------------------------------------+--------------------------------------------------
//   no segment                              | an empty journal
//   an empty or all-blank segment           | no records; it may be used again
//   sealed segments                         | skipped by their seal, but for the duplicate window
//   an unsealed segment                     | read in full; a crash came before its seal
//   a torn tail                             | reported; the segment is never appended to again
//   a checksum mismatch in the middle       | that line is lost and reported, its neighbours stay
//   a zeroed page                           | the lines that it touches are lost and reported
//   a line of an unknown version            | kept and counted, not understood
//   the same tap line twice                 | one tap
//   a missing segment                       | reported; what the others hold stays
//   a segment of another number or journal  | reported as foreign; its lines are not taken
//   a restored or cloned directory          | taken as it is: the new generation keeps ids apart
//   segments that retention took out        | not missing: the file "retired" says so
//   one of them that a crash left behind    | its lines are not taken; the next pass removes it
//   a file that is no segment               | left alone
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "journal/duplicate_index.h"
#include "journal/retention.h"
#include "journal/segment.h"
#include "journal/sequence_set.h"

namespace tamtap::journal {

// Where some taps of a segment are, so that one can be reached without reading all before it.
struct SparseEntry {
  uint64_t sequence = 0;
  uint64_t offset = 0;
};
inline constexpr uint64_t kSparseEvery = 32;  // taps

// A boot that needed a correction and still has taps to send is among so many.
inline constexpr size_t kClocksKept = 64;
// Nobody taps a card before this software was written.
inline constexpr std::string_view kFirstPossibleDay = "2026-01-01";

struct SegmentInfo {
  uint64_t number = 0;
  uint64_t bytes = 0;  // size of the file
  uint64_t end = 0;    // behind the last byte that is no newline; of unsealed segments
  uint64_t records = 0;
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  std::string first_day;
  std::string last_day;
  bool sealed = false;
  bool damaged = false;
  bool broken = false;  // a write to it failed in this process: it is left alone until the next
  // The journal at this segment's end.
  std::string generation_after;
  uint64_t last_sequence_after = 0;
  uint64_t total_records_after = 0;
  std::vector<SparseEntry> sparse;  // of segments that were read or written by this process

  void NoteTap(uint64_t sequence, std::string_view day, uint64_t offset);
};

struct JournalState {
  RetiredLine retired;                // what left the journal
  std::vector<uint64_t> left_behind;  // segments that left it by name, but are still there
  std::vector<SegmentInfo> segments;  // ascending
  std::string journal;                // its id; empty: none yet
  std::string generation;             // the last one; empty: none yet
  std::string last_boot;              // of the last tap that was read
  uint64_t boot_first_sequence = 0;   // the first tap of that boot, as far as taps were read
  uint64_t last_sequence = 0;
  uint64_t total_records = 0;
  uint64_t unknown_lines = 0;
  SequenceSet pending;
  std::map<uint64_t, std::string> quarantined;  // sequence -> reason
  SequenceSet voided;                           // never acknowledged, though given a number
  DuplicateIndex duplicates;
  std::vector<ClockLine> clocks;  // one a boot; the last kClocksKept
  // The latest of any tap; before the first tap, the first day on which there can be one.
  std::string last_day{kFirstPossibleDay};
  std::vector<Damage> damage;

  // A seal that another program wrote may claim fewer records than are pending.
  uint64_t Confirmed() const {
    return total_records - std::min(total_records, pending.size() + quarantined.size());
  }
  // Applies what an outcome line says.
  void Apply(const OutcomeLine& outcome);
  // The first one of a boot stays.
  void Add(const ClockLine& clock);
  const ClockLine* ClockOf(std::string_view boot) const;  // null: none
};

struct RecoverOptions {
  std::string directory;
  std::string first_indexed_day;  // duplicates are known from this day on
  bool read_everything = false;   // for `verify`: no segment is skipped
};

// Reads only; changes nothing on disk. Errors are of the disk, never of the content.
Result<JournalState> Recover(Disk& disk, const RecoverOptions& options);

}  // namespace tamtap::journal
