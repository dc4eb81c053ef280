// Departures: what the taps of one person on one day say of when they left. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "tap/record.h"

namespace tamtap {

// The school's rule. If `on`, people tap when they leave too: a tap so many minutes or more after
// their first one of that day is a departure.
struct DepartureRule {
  bool on = false;
  int after_minutes = 30;

  // `arrived_us` and `tapped_us` are Record::tapped_at_us.
  bool IsDeparture(int64_t arrived_us, int64_t tapped_us) const {
    return on && tapped_us - arrived_us >= int64_t{after_minutes} * 60'000'000;
  }
  friend bool operator==(const DepartureRule&, const DepartureRule&) = default;
};

// Sets `departed_at` and `departure` from the taps: the last one, if the rule makes it a departure.
// What staff say is no tap, and nobody has left who never came. The order in which the taps were
// merged makes no difference.
void DeriveDeparture(const DepartureRule& rule, Attendance& attendance);

}  // namespace tamtap
