// What taps must amount to in the central store, worked out the plain way; and whether they do.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/school_store.h"
#include "tap/school_time.h"
#include "tap/set_instant.h"

namespace tamtap::chaos {

inline std::vector<Attendance> Expected(std::vector<Record> records) {
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return a.day != b.day ? a.day < b.day : ArrivedBefore(a, b);
  });
  std::vector<Attendance> attendances;
  std::map<std::string, size_t> by_id;
  for (const Record& record : records) {
    const auto [place, added] = by_id.emplace(record.AttendanceId(), attendances.size());
    if (added) attendances.push_back({record, {}});
    attendances[place->second].taps.push_back(
        {record.tap.ToString(), record.tap.terminal, record.tapped_at, record.tapped_at_us});
  }
  return attendances;
}

// The first day that a server takes from a gate. Each scenario has a day of its own, from here on.
inline constexpr const char* kFirstDay = "2026-01-01";

// The same tap at the same time of that day: its fields agree, as those of every gate do.
inline Record OnDay(Record record, const std::string& day) {
  static const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const WallTime second = *zone.FromLocal(day + " " + record.time);
  const WallTime instant = second + std::chrono::microseconds(record.tapped_at_us % 1'000'000);
  SetInstant(instant, zone.ToLocal(instant), record);
  return record;
}

// "" if the store holds exactly these taps, each once and unchanged, on these days.
inline std::string WhatIsWrong(SchoolStore& store, const std::vector<Record>& taps,
                               const std::string& first_day, const std::string& last_day) {
  const auto found = store.FindAttendance({first_day, last_day, {}, {}});
  if (!found) return "the store can't be read: " + found.error().Message();
  const auto expected = Expected(taps);
  if (*found != expected) {
    size_t stored = 0;
    std::multiset<std::string> ids;
    for (const Attendance& attendance : *found) {
      for (const TapReference& tap : attendance.taps) ids.insert(tap.tap);
    }
    stored = ids.size();
    std::string wrong = "the store holds " + std::to_string(stored) + " taps and should hold " +
                        std::to_string(taps.size());
    for (const Record& tap : taps) {
      const size_t times = ids.count(tap.tap.ToString());
      if (times != 1) wrong += "; " + tap.tap.ToString() + " " + std::to_string(times) + " times";
    }
    for (size_t i = 0; i < std::min(found->size(), expected.size()); ++i) {
      if ((*found)[i].arrival != expected[i].arrival) {
        wrong += "; the arrival of " + expected[i].arrival.AttendanceId() + " is " +
                 (*found)[i].arrival.tap.ToString() + " and should be " +
                 expected[i].arrival.tap.ToString();
      }
    }
    return wrong;
  }
  // The content of the taps that are no arrivals: a store that has another one refuses ours.
  const auto again = store.Store(taps);
  if (!again) return "the store can't be asked again: " + again.error().Message();
  for (size_t i = 0; i < taps.size(); ++i) {
    if ((*again)[i].kind == OutcomeKind::kAlreadyStored) continue;
    return taps[i].tap.ToString() +
           " is not in the store as it was tapped: " + std::string(ToString((*again)[i].kind)) +
           " " + (*again)[i].reason;
  }
  return {};
}

}  // namespace tamtap::chaos
