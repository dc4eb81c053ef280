// Retention: a journal's oldest segments leave it once they are older than the school keeps records
// for, and only when the central store has confirmed every tap in them.
//
// What left is written down in the file "retired" before the first segment goes: so a segment that
// vanishes in any other way is reported as missing, and a crash in between leaves at most files
// that the next pass removes. Without that file a start would also not know, when every sealed
// segment is gone, which number is next.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "journal/checkpoint.h"

namespace tamtap::journal {

struct RetentionOptions {
  uint32_t days = 0;    // confirmed taps are kept that long at least; 0: for good
  bool archive = true;  // keep DIR/archive/<segment>.gz of what leaves; else it is deleted
};

// Days before it, "YYYY-MM-DD", are old enough to go. One more day than asked for is kept, so that
// the school's time zone does not matter.
std::string FirstKeptDay(WallTime now, uint32_t days);

// The beginning of the journal that left it. `segments` is 0 if none did.
Result<RetiredLine> ReadRetired(Disk& disk, const std::string& directory);
// Durable on return.
Result<> WriteRetired(Disk& disk, const std::string& directory, const RetiredLine& retired);

// Makes DIR/archive/<segment>.gz (RFC 1952: zcat and jq read it) of a segment that holds `records`
// taps, durable on return, or nothing without `archive`. A segment with damage is copied there byte
// for byte in either case: damage is never deleted.
Result<> ArchiveSegment(Disk& disk, const std::string& directory, uint64_t segment,
                        uint64_t records, bool archive);

}  // namespace tamtap::journal
