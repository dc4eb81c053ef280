#include "server/told_taps.h"

#include <algorithm>

namespace tamtap {
namespace {

// Bounds on what a terminal gone wrong can make the server remember.
constexpr size_t kMostDays = 8;
constexpr size_t kMostPersons = 100'000;  // of one day
constexpr size_t kMostTaps = 16;          // told of one person on one day

}  // namespace

bool ToldTaps::Tell(const Record& record, std::string_view today) {
  Persons& persons = days_[record.day];
  std::string tap = record.tap.ToString();
  const auto found = persons.find(record.person);
  if (found == persons.end()) {
    if (persons.size() >= kMostPersons) return false;
    persons[record.person] = {record.tapped_at_us, INT64_MIN, tap, {tap}};
    ForgetDays(today);
    return true;
  }
  Told& told = found->second;
  if (std::find(told.taps.begin(), told.taps.end(), tap) != told.taps.end()) {
    if (told.arrival == tap) told.arrived_us = record.tapped_at_us;  // its time may be corrected
    return false;
  }
  // ArrivedBefore's order.
  const bool earlier = record.tapped_at_us < told.arrived_us ||
                       (record.tapped_at_us == told.arrived_us && tap < told.arrival);
  if (!earlier || told.taps.size() >= kMostTaps) return false;
  told.arrived_us = record.tapped_at_us;
  told.arrival = tap;
  told.taps.push_back(std::move(tap));
  return true;
}

std::optional<int64_t> ToldTaps::ArrivedAt(const Record& record) const {
  const auto persons = days_.find(record.day);
  if (persons == days_.end()) return std::nullopt;
  const auto told = persons->second.find(record.person);
  if (told == persons->second.end()) return std::nullopt;
  return told->second.arrived_us;
}

bool ToldTaps::TellDeparture(const Record& record, int64_t left_us) {
  const auto persons = days_.find(record.day);
  if (persons == days_.end()) return false;
  const auto told = persons->second.find(record.person);
  if (told == persons->second.end() || left_us <= told->second.left_us) return false;
  told->second.left_us = left_us;
  return true;
}

void ToldTaps::ForgetDays(std::string_view today) {
  while (days_.size() > kMostDays) {
    // The oldest goes; when today is the oldest, the one that lies furthest ahead.
    const auto oldest = days_.begin();
    days_.erase(oldest->first < today ? oldest : std::prev(days_.end()));
  }
}

}  // namespace tamtap
