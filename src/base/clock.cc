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

}  // namespace tamtap
