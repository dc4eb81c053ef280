// What the time in a record may be, by the true instant of its tap: worked out without production's
// correction of clocks.
#pragma once

#include <cstdint>
#include <string>

#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap::sim {

// A tap as its gate took it.
struct TakenTap {
  Record record;        // by the clock that the gate took it by
  int64_t true_us = 0;  // what a right clock showed, microseconds since 1970 UTC
};

// A store tells whole seconds, over a slow network; a clock that is off by less is left alone.
inline constexpr int64_t kToleranceUs = 8'000'000;

// The same record but for its tap id and all that a correction of the clock may change.
bool SameButForTime(const Record& a, const Record& b);

// Why `sent` can't be what becomes of `taken`; empty: it can. `lied`: in that boot somebody vouched
// for a wrong time, so no promise is kept but that what was vouched for is not changed.
std::string WhyWrong(const TakenTap& taken, const Record& sent, bool lied, const TimeZone& zone);

// Whether a vouched clock may have shown this day at that instant, a few seconds aside.
bool IsDayOf(std::string_view day, int64_t true_us, const TimeZone& zone);

}  // namespace tamtap::sim
