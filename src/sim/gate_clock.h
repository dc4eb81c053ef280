// GateClock: the clocks of one simulated gate, driven by the world's time. Its wall clock may be
// anywhere; its monotonic time counts from its boot.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>

#include "base/clock.h"

namespace tamtap::sim {

class GateClock final : public Clock {
 public:
  enum class Vouch { kNobody, kBattery, kNetwork };

  // `now`: the world's time, microseconds since it began; must outlive this. `machine`: in the ids
  // of its boots, since no two machines have one in common.
  GateClock(const int64_t& now, int64_t wall_at_zero_us, std::string machine)
      : now_(now),
        true_offset_us_(wall_at_zero_us),
        offset_us_(wall_at_zero_us),
        machine_(std::move(machine)) {}

  WallTime Now() override { return WallTime(std::chrono::microseconds(now_ + offset_us_)); }
  MonotonicTime MonotonicNow() override {
    return MonotonicTime(std::chrono::microseconds(now_ - booted_us_));
  }
  bool Synchronised() override { return vouch_ != Vouch::kNobody; }
  bool SetByNetwork() override { return vouch_ == Vouch::kNetwork; }
  std::string BootId() override { return machine_ + "-" + std::to_string(boots_); }
  void SleepFor(std::chrono::microseconds) override {}  // nothing in the simulation waits

  void Reboot() {
    ++boots_;
    booted_us_ = now_;
    was_absurd_ = false;
  }
  void SetRight(Vouch vouch) { Set(true_offset_us_, vouch); }
  // `wall_us`: microseconds since 1970 UTC.
  void ShowAtThisMoment(int64_t wall_us, Vouch vouch) { Set(wall_us - now_, vouch); }
  void Jump(int64_t by_us, Vouch vouch) { Set(offset_us_ + by_us, vouch); }

  // What a right clock shows now, microseconds since 1970 UTC; this one may be told so.
  int64_t TrueNowUs() const { return now_ + true_offset_us_; }
  // Whether somebody vouches for a time that is wrong, or has set the clock to one after it showed
  // 1970 or 2038 in this boot: then it passes for right.
  bool IsLie() const {
    const bool passes = vouch_ != Vouch::kNobody || (was_absurd_ && !IsAbsurd());
    return passes && offset_us_ != true_offset_us_;
  }

 private:
  void Set(int64_t offset_us, Vouch vouch) {
    offset_us_ = offset_us;
    vouch_ = vouch;
    was_absurd_ |= IsAbsurd();
  }
  bool IsAbsurd() const {
    constexpr int64_t kYear = 365LL * 86'400 * 1'000'000;
    return std::llabs(offset_us_ - true_offset_us_) > 5 * kYear;
  }

  const int64_t& now_;
  const int64_t true_offset_us_;
  int64_t offset_us_;
  const std::string machine_;
  int64_t booted_us_ = 0;
  int boots_ = 1;
  bool was_absurd_ = false;
  Vouch vouch_ = Vouch::kNetwork;
};

}  // namespace tamtap::sim
