// Visit: what a tap is in its person's day: they come, they have tapped already, or they leave.
#pragma once

#include <string>

#include "base/clock.h"
#include "journal/journal.h"
#include "roster/roster.h"
#include "tap/school_time.h"

namespace tamtap {

// When a card was read. `local` is that instant as the school's wall clock shows it; `vouched` says
// whether somebody vouches for the clock, so that the day is known to be right.
struct TapTime {
  WallTime at;
  LocalTime local;
  bool vouched = false;
};

struct Visit {
  enum class Kind { kArrival, kDuplicate, kDeparture };
  Kind kind = Kind::kArrival;
  std::string day;  // of whose classes the tap is
};

// What a tap of that person at that time is, as far as this gate's journal knows of their other
// taps. `admission` is the roster's word on the same tap; it may have refused it, since people
// leave also when classes are over.
//
// If the day is known to be right, only taps whose day is known to be right count. After a reboot,
// a clock that nobody vouches for may give two days the same name; under such a clock a tap at this
// gate counts only if it was taken since the machine was started.
Visit VisitOf(journal::Journal& journal, const Roster& roster, const Person& person,
              const Admission& admission, const TapTime& time);

}  // namespace tamtap
