// Retention: the oldest segments leave the journal (they are "retired") when they are older than
// the school keeps its records, and when the central store has confirmed every tap in them.
//
// The file "retired" says what has left. It is written before the first segment is removed.
// Therefore a segment that vanishes in any other way is reported as missing, and a crash in between
// leaves only files that the next pass removes. Without that file, a start that finds no sealed
// segment would not know which number is next.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "journal/checkpoint.h"

namespace tamtap::journal {

struct RetentionOptions {
  uint32_t days = 0;          // confirmed taps are kept at least that long; 0: for ever
  bool archive = true;        // retired segments are kept as DIR/archive/<segment>.gz, not deleted
  uint32_t archive_days = 0;  // and leave the archive when they are older than that; 0: never
};

// Returns the first day ("YYYY-MM-DD") that is still kept. One day more than `days` is kept, so
// that the school's time zone does not matter.
std::string FirstKeptDay(WallTime now, uint32_t days);

// Returns what has left the journal. `segments` is 0 if nothing has.
Result<RetiredLine> ReadRetired(Disk& disk, const std::string& directory);
// Durable on return.
Result<> WriteRetired(Disk& disk, const std::string& directory, const RetiredLine& retired);

// Makes DIR/archive/<segment>.gz (RFC 1952: zcat and jq read it) of a segment that holds `records`
// taps; it is durable on return. Without `archive` it makes nothing, except of a segment with
// damage: that is always copied there byte for byte, because damage is never deleted (law 4).
Result<> ArchiveSegment(Disk& disk, const std::string& directory, uint64_t segment,
                        uint64_t records, bool archive);

// Removes archived segments of `journal` whose last day is before `first_kept_day`, the oldest
// first, at most a few in a call. One that nobody vouched for goes when a later one does. What is
// damaged stays. Returns how many it removed.
Result<size_t> PurgeArchive(Disk& disk, const std::string& directory, std::string_view journal,
                            std::string_view first_kept_day);

}  // namespace tamtap::journal
