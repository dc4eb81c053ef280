// GateClock: the clocks of one simulated gate, driven by the world's time. Its wall clock may be
// anywhere; its monotonic time counts from its boot.
#pragma once

#include <string>

#include "base/clock.h"

namespace tamtap::sim {

class GateClock final : public Clock {
 public:
  // `now`: the world's time, microseconds since it began; must outlive this.
  GateClock(const int64_t& now, int64_t wall_at_zero_us)
      : now_(now), true_offset_us_(wall_at_zero_us), offset_us_(wall_at_zero_us) {}

  WallTime Now() override { return WallTime(std::chrono::microseconds(now_ + offset_us_)); }
  MonotonicTime MonotonicNow() override {
    return MonotonicTime(std::chrono::microseconds(now_ - booted_us_));
  }
  bool Synchronised() override { return synchronised_; }
  std::string BootId() override { return "boot-" + std::to_string(boots_); }
  void SleepFor(std::chrono::microseconds) override {}  // nothing in the simulation waits

  void Reboot() {
    ++boots_;
    booted_us_ = now_;
  }
  void SetRight() { Set(true_offset_us_, true); }
  // A wall clock without a battery, before anybody told it the time.
  void SetTo1970() { Set(-now_, false); }
  void Jump(int64_t by_us, bool synchronised) { Set(offset_us_ + by_us, synchronised); }

 private:
  void Set(int64_t offset_us, bool synchronised) {
    offset_us_ = offset_us;
    synchronised_ = synchronised;
  }

  const int64_t& now_;
  const int64_t true_offset_us_;
  int64_t offset_us_;
  int64_t booted_us_ = 0;
  int boots_ = 1;
  bool synchronised_ = true;
};

}  // namespace tamtap::sim
