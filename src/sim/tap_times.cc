#include "sim/tap_times.h"

#include <cstdlib>

namespace tamtap::sim {
namespace {

// Before this nobody tapped a card, and a clock that shows a day after that is broken.
constexpr std::string_view kFirstDay = "2026-01-01";
constexpr std::string_view kLastDay = "2037-12-31";

LocalTime At(int64_t us, const TimeZone& zone) {
  return zone.ToLocal(WallTime(std::chrono::microseconds(us)));
}

Record WithoutTime(Record record) {
  record.tap = TapId{};
  record.date = record.time = record.day = record.tapped_at = {};
  record.tapped_at_us = 0;
  record.session = Session::kAm;
  record.status = Status::kOnTime;
  record.clock = ClockState::kSynchronised;
  return record;
}

// `night`: the day of a tap that was of the day before. It keeps it unless its time is corrected.
bool FieldsAgree(const Record& record, std::string_view night, const TimeZone& zone) {
  const LocalTime local = At(record.tapped_at_us, zone);
  return (record.day == local.day || record.day == night) && record.time == local.time &&
         record.date == local.date && record.tapped_at == local.iso &&
         record.session == local.session;
}

}  // namespace

bool SameButForTime(const Record& a, const Record& b) { return WithoutTime(a) == WithoutTime(b); }

bool IsDayOf(std::string_view day, int64_t true_us, const TimeZone& zone) {
  return day == At(true_us - kToleranceUs, zone).day || day == At(true_us + kToleranceUs, zone).day;
}

std::string WhyWrong(const TakenTap& taken, const Record& sent, bool lied, const TimeZone& zone) {
  if (!SameButForTime(taken.record, sent)) return "it is not what was tapped";
  const bool as_taken = sent.tapped_at_us == taken.record.tapped_at_us;
  const bool of_night = as_taken && taken.record.day != taken.record.date.substr(0, 10);
  if (!FieldsAgree(sent, of_night ? taken.record.day : std::string(), zone)) {
    return "its day and time are not those of its instant";
  }
  if (as_taken && sent.day != taken.record.day) return "its day has changed";
  if (as_taken && sent.status != taken.record.status) return "its status has changed";
  if (sent.clock == ClockState::kSynchronised) {
    if (taken.record.clock != sent.clock || !as_taken) return "nobody vouched for its clock";
  } else if (taken.record.clock != ClockState::kUnsure) {
    return "its clock was vouched for, and is not any more";
  }
  if (sent.clock == ClockState::kUnsure) {
    return sent.day < kFirstDay || sent.day > kLastDay ? "it is sent under an impossible day" : "";
  }
  if (lied) return "";
  if (!of_night && !IsDayOf(sent.day, taken.true_us, zone)) return "it is under a wrong day";
  if (std::llabs(sent.tapped_at_us - taken.true_us) > kToleranceUs) return "its time is wrong";
  return "";
}

}  // namespace tamtap::sim
