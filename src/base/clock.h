// Clock: the only way to the time. Two instants that never mix: wall time (what a calendar shows,
// may be wrong and may jump; never an identity, an order or a timer) and monotonic time (counts
// from this boot; for time-outs and corrections).
#pragma once

#include <chrono>
#include <string>

namespace tamtap {

// Microseconds since 1970-01-01T00:00:00Z.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

struct MonotonicClock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
};
// Microseconds since some instant of this boot; survives a restart of the process, not a reboot.
using MonotonicTime = MonotonicClock::time_point;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() = 0;
  virtual MonotonicTime MonotonicNow() = 0;
  // Whether somebody vouches for the wall clock: NTP, as the kernel says, or a battery that kept
  // it.
  virtual bool Synchronised() = 0;
  // Whether it is NTP that does: then no other word on the time is better.
  virtual bool SetByNetwork() { return Synchronised(); }
  // Names this boot of the machine; monotonic times compare only within one boot.
  virtual std::string BootId() = 0;
  // Sleeps the calling thread.
  virtual void SleepFor(std::chrono::microseconds duration) = 0;
};

// The machine's clocks. CLOCK_BOOTTIME for monotonic time, so that suspend counts.
Clock& SystemClock();

}  // namespace tamtap
