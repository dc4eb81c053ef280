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

void OtherGates::BindCards(const std::vector<Record>& arrivals) {
  if (!roster_.Current()->cards().WaitsForCards()) return;
  RosterHolder::Cards cards;
  for (const Record& record : arrivals) {
    if (!BeginningOf(record.card).empty()) cards.emplace(record.person, record.card);
  }
  roster_.Bind(cards);
}

Result<> OtherGates::PullIfDue() {
  if (clock_.MonotonicNow() < again_at_) return {};
  const bool vouched = clock_.Synchronised();
  const LocalTime local = zone_.ToLocal(clock_.Now());
  const bool known = local.day == day_ && vouched == vouched_;
  if (known && clock_.MonotonicNow() < next_) return {};
  auto pulled = Pull(local, vouched);
  if (!pulled) {
    again_at_ = clock_.MonotonicNow() + options_.again;
    return pulled;
  }
  next_ = clock_.MonotonicNow() + options_.arrivals_interval;
  day_ = local.day;
  vouched_ = vouched;
  return {};
}

Result<> OtherGates::Pull(const LocalTime& local, bool vouched) {
  // A clock that nobody vouches for may show a day that is over; what came since it booted is of
  // this one.
  const WallTime booted = clock_.Now() - clock_.MonotonicNow().time_since_epoch();
  const int64_t since_us = vouched ? INT64_MIN : booted.time_since_epoch().count();
  TAMTAP_RETURN_IF_ERROR(PullDay(local.day, since_us));
  // In the night, some still come to the classes of the evening before, or leave them.
  if (local.minutes > roster_.Current()->DayBeforeUntil()) return {};
  return PullDay(AddDays(local.day, -1), since_us);
}

Result<> OtherGates::PullDay(const std::string& day, int64_t since_us) {
  TAMTAP_TRY(const auto arrivals, store_.ArrivalsOf(day));
  BindCards(arrivals);
  for (const Record& record : arrivals) {
    // Under an unsure clock that day is a guess: it turns nobody away who taps on it.
    if (IsTapOfAGate(record) && record.clock == ClockState::kUnsure) continue;
    if (!IsArrivalByTap(record)) continue;
    int64_t at_us = record.tapped_at_us;
    if (at_us == 0) {  // of an existing database, which has the school's wall time only
      const auto instant = zone_.FromLocal(record.date);
      if (instant) at_us = instant->time_since_epoch().count();
    }
    if (at_us >= since_us) {
      journal_.NoteTapped(day, record.person, {journal::kOtherGate, at_us});
    }
  }
  return {};
}

}  // namespace tamtap
