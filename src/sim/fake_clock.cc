#include "sim/fake_clock.h"

namespace tamtap::sim {

WallTime FakeClock::Now() {
  MutexLock lock(mutex_);
  return wall_;
}

MonotonicTime FakeClock::MonotonicNow() {
  MutexLock lock(mutex_);
  return monotonic_;
}

bool FakeClock::Synchronised() {
  MutexLock lock(mutex_);
  return synchronised_;
}

bool FakeClock::SetByNetwork() {
  MutexLock lock(mutex_);
  return by_network_;
}

std::string FakeClock::BootId() {
  MutexLock lock(mutex_);
  return boot_id_;
}

void FakeClock::Advance(std::chrono::microseconds duration) {
  MutexLock lock(mutex_);
  wall_ += duration;
  monotonic_ += duration;
}

void FakeClock::SetWall(WallTime now) {
  MutexLock lock(mutex_);
  wall_ = now;
}

void FakeClock::SetSynchronised(bool synchronised) {
  MutexLock lock(mutex_);
  synchronised_ = by_network_ = synchronised;
}

void FakeClock::SetByBattery() {
  MutexLock lock(mutex_);
  synchronised_ = true;
  by_network_ = false;
}

void FakeClock::Reboot(std::string boot_id, WallTime now) {
  MutexLock lock(mutex_);
  boot_id_ = std::move(boot_id);
  wall_ = now;
  monotonic_ = MonotonicTime(std::chrono::seconds(1));
}

}  // namespace tamtap::sim
