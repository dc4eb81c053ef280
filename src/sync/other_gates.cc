#include "sync/other_gates.h"

#include <cstdint>

#include "tap/mark.h"

namespace tamtap {
namespace {

// What staff said of a day, here or in an existing database, turns nobody away.
bool IsArrivalByTap(const Record& record) {
  if (!record.tap.terminal.empty()) return !IsMark(record);
  return record.status == Status::kOnTime || record.status == Status::kLate;
}

}  // namespace

Result<> OtherGates::PullIfDue() {
  const WallTime now = clock_.Now();
  const bool vouched = clock_.Synchronised();
  const std::string day = zone_.ToLocal(now).day;
  const bool known = day == day_ && vouched == vouched_;
  if (known && clock_.MonotonicNow() < next_) return {};
  const auto arrivals = store_.ArrivalsOf(day);
  if (!arrivals) return arrivals.error();
  next_ = clock_.MonotonicNow() + options_.arrivals_interval;
  day_ = day;
  vouched_ = vouched;
  // A clock that nobody vouches for may show a day that is over; what came since it booted is of
  // this one.
  const int64_t since_us =
      vouched ? INT64_MIN
              : (now - clock_.MonotonicNow().time_since_epoch()).time_since_epoch().count();
  for (const Record& record : *arrivals) {
    // Under an unsure clock that day is a guess: it turns nobody away who taps on it.
    if (IsTapOfAGate(record) && record.clock == ClockState::kUnsure) continue;
    if (IsArrivalByTap(record) && record.tapped_at_us >= since_us) {
      journal_.NoteTapped(day, record.person, journal::kOtherGate);
    }
  }
  return {};
}

}  // namespace tamtap
