#include "base/clock.h"

#include <sys/timex.h>

#include <ctime>
#include <fstream>
#include <thread>

namespace tamtap {
namespace {

class MachineClock final : public Clock {
 public:
  MachineClock() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::getline(file, boot_id_);
    if (boot_id_.empty()) boot_id_ = "unknown";
  }

  WallTime Now() override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }

  MonotonicTime MonotonicNow() override {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return MonotonicTime(std::chrono::seconds(now.tv_sec) +
                         std::chrono::microseconds(now.tv_nsec / 1000));
  }

  bool Synchronised() override {
    timex state{};
    return adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  }

  std::string BootId() override { return boot_id_; }

  void SleepFor(std::chrono::microseconds duration) override {
    std::this_thread::sleep_for(duration);
  }

 private:
  std::string boot_id_;
};

}  // namespace

Clock& SystemClock() {
  static MachineClock clock;
  return clock;
}

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

}  // namespace tamtap
