// A mark: what staff say of a person's day without a tap: absent, excused, or that they were here
// all the same, with a card forgotten or at a gate that was dead. It is stored and merged like a
// tap, with an id of its own, so it needs no place of its own in any store and arrives in any
// order; but it gives way to every tap, and to every newer mark.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "tap/record.h"
#include "tap/school.h"
#include "tap/school_time.h"

namespace tamtap {

// The `terminal` of marks; no real terminal may have this name.
inline constexpr std::string_view kStaffTerminal = "staff";
// Stands in the ids of taps that were imported into a journal; no real terminal has it either.
inline constexpr std::string_view kImportTerminal = "import";

// A mark's `tapped_at_us` is this less the instant at which it was made: after every tap, and the
// newest mark first. `date` is the day it speaks of with the time at which it was made, and
// `tapped_at` is when it was made.
inline constexpr int64_t kAfterEveryTapUs = 4'000'000'000'000'000'000;

// What somebody says of a day.
struct MarkWords {
  Status status = Status::kAbsent;  // kOnTime and kLate: the person was here
  std::string staff;                // the account of who says so
  std::string staff_name = {};      // for people; empty: as `staff`
  std::string reason = {};
  std::string note = {};
  std::string time = {};  // "HH:MM:SS": when they came; empty: nobody says
};

// All that the same staff ever said of that person and day share the generation of their ids.
Record MakeMark(const Person& person, std::string_view day, const MarkWords& words,
                WallTime made_at, const TimeZone& zone);
inline Record MakeMark(const Person& person, std::string_view day, Status status,
                       std::string_view staff, WallTime made_at, const TimeZone& zone) {
  return MakeMark(person, day, MarkWords{status, std::string(staff)}, made_at, zone);
}
// The same of a record that says whose day it is, and the status.
Record MarkOf(const Record& said, std::string_view staff, WallTime made_at, const TimeZone& zone);
// Whether that entry of an attendance's taps is another mark of the same staff, person and day.
bool IsOtherMark(const TapReference& entry, const Record& mark);

// Staff have looked at the unsure time of an arrival, and let it stand: stored and merged like a
// mark of the same day, and it changes nothing of it.
Record MakeAcceptance(const Record& arrival, WallTime made_at, const TimeZone& zone,
                      Random& random);
// Whether that entry of an attendance's taps is one.
bool IsAcceptance(const TapReference& entry);

// Whether it is a mark that says that the person was here: on time, or late.
bool IsMarkOfPresence(const Record& record);

inline bool IsMark(const Record& record) { return record.tap.terminal == kStaffTerminal; }

// Whether a gate of this installation took it. A mark, an imported tap and what an existing
// database held before were taken by none.
inline bool IsTapOfAGate(const Record& record) {
  return !record.tap.empty() && !IsMark(record) && record.tap.terminal != kImportTerminal;
}

}  // namespace tamtap
