// BelievedClock: the machine's clock, and who vouches for it: NTP, as the kernel says, or a
// battery. Nobody is believed for a time before this software was written.
//
// Thread-safe.
#pragma once

#include <string>

#include "base/clock.h"

namespace tamtap {

// 2026-01-01T00:00:00Z.
inline constexpr WallTime kSoftwareWritten{std::chrono::seconds(1'767'225'600)};

class BelievedClock final : public Clock {
 public:
  // `clock` must outlive this. `battery` says that a battery keeps its time while the machine is
  // off.
  BelievedClock(Clock& clock, bool battery) : clock_(clock), battery_(battery) {}

  WallTime Now() override { return clock_.Now(); }
  MonotonicTime MonotonicNow() override { return clock_.MonotonicNow(); }
  bool Synchronised() override {
    return (battery_ || clock_.Synchronised()) && clock_.Now() >= kSoftwareWritten;
  }
  bool SetByNetwork() override { return clock_.SetByNetwork() && Synchronised(); }
  std::string BootId() override { return clock_.BootId(); }
  void SleepFor(std::chrono::microseconds duration) override { clock_.SleepFor(duration); }

 private:
  Clock& clock_;
  const bool battery_;
};

}  // namespace tamtap
