// A clock that stands still until a test moves it: never part of the product.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/mutex.h"

namespace tamtap::sim {

// A clock that stands still until a test moves it.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(WallTime now) : wall_(now) {}

  WallTime Now() override;
  MonotonicTime MonotonicNow() override;
  bool Synchronised() override;
  bool SetByNetwork() override;
  std::string BootId() override;
  void SleepFor(std::chrono::microseconds duration) override { Advance(duration); }

  void Advance(std::chrono::microseconds duration);  // both clocks
  void SetWall(WallTime now);                        // a jump: monotonic time goes on
  void SetSynchronised(bool synchronised);           // by NTP
  void SetByBattery();                               // nobody else vouches for it
  void Reboot(std::string boot_id, WallTime now);    // monotonic time starts over

 private:
  Mutex mutex_;
  WallTime wall_ GUARDED_BY(mutex_);
  MonotonicTime monotonic_ GUARDED_BY(mutex_){std::chrono::seconds(100)};
  bool synchronised_ GUARDED_BY(mutex_) = true;
  bool by_network_ GUARDED_BY(mutex_) = true;
  std::string boot_id_ GUARDED_BY(mutex_) = "boot-1";
};

}  // namespace tamtap::sim
