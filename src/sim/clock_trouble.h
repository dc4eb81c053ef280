// What clocks do wrong in a life: boots in 1970, in 2038 and a day off, several boots one after the
// other, batteries that were set wrong, liars that vouch, and nights between them.
#pragma once

#include "sim/gate_clock.h"
#include "sim/plan.h"

namespace tamtap::sim {

// Ways to set a clock; `Operation::b` of kSetClock, and of a power cut what it shows after the
// boot. What is not among them sets it right.
enum ClockWay : uint64_t {
  kIn1970 = 0,
  kBackADay = 1,
  kAheadADay = 2,
  kLiarAhead = 3,  // a time server that is two days ahead
  kLiarBack17s = 4,
  kLiarBack3h = 5,
  kRightByNtp = 7,
  kIn2038 = 16,
  kLiarIn2038 = 17,
  kRightByBattery = 18,
  kBatteryAheadADay = 19,
  kRightUnvouched = 20,
  kLastClockWay = kRightUnvouched,
};

void SetClock(GateClock& clock, uint64_t way);
// Whether it then says days that are to come, and that it is right.
bool SaysADayTooMuch(uint64_t way);

void AddClockTrouble(Plan& plan);

}  // namespace tamtap::sim
