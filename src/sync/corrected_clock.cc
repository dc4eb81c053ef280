#include "sync/corrected_clock.h"

namespace tamtap {
namespace {

constexpr int kMostDaysAhead = 3'653;  // ten years

}  // namespace

bool CorrectedClock::IsNoLeap(std::string_view day, std::string_view last_vouched_day) {
  return day <= AddDays(last_vouched_day, kMostDaysAhead);
}

bool CorrectedClock::SystemIsRight() {
  if (!clock_.Synchronised()) return false;
  const std::string day = zone_.ToLocal(clock_.Now()).day;
  const std::string last_day = journal_.LastVouchedDay();
  if (day < journal::kFirstPossibleDay || !IsNoLeap(day, last_day)) return false;
  if (clock_.SetByNetwork()) return true;
  return day >= last_day && !AsTold();
}

std::optional<WallTime> CorrectedClock::AsTold() {
  const auto known = journal_.ClockOf(boot_);
  if (!known || !known->sure) return std::nullopt;
  return WallTime(std::chrono::microseconds(known->base_us) +
                  clock_.MonotonicNow().time_since_epoch());
}

WallTime CorrectedClock::Now() {
  if (!SystemIsRight()) {
    if (const auto told = AsTold()) return *told;
  }
  return clock_.Now();
}

bool CorrectedClock::Synchronised() { return SystemIsRight() || AsTold(); }

}  // namespace tamtap
