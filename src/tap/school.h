// The school's own facts, as plain values: people, schedules, the calendar. Field names are those
// of existing TamTap databases (school_json.h).
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tap/card_id.h"
#include "tap/people.h"

namespace tamtap {

enum class Role { kStudent, kTeacher };

struct Person {
  std::string person;  // the card they were first registered with; stays theirs for ever
  CardId card;         // that they tap with today; empty: none that a reader could give
  std::string nfc_id;  // `card` in the school's spelling; empty: it is spelled as `card` is
  std::string tamtap_id;
  std::string name;  // "First Last"
  std::string first_name;
  std::string last_name;
  std::string email;
  Role role = Role::kStudent;
  std::string grade;
  std::string section;
  std::string registered;              // "YYYY-MM-DD HH:MM:SS", school's time; may be empty
  std::string sex;                     // "M" or "F"; empty: nobody has said
  std::string lrn;                     // a learner's reference number, 12 digits; or empty
  std::vector<CardId> replaced_cards;  // that were theirs: refused at the gates, oldest first

  const std::string& NfcId() const { return nfc_id.empty() ? card.text() : nfc_id; }
  friend bool operator==(const Person&, const Person&) = default;
};

// Minutes since the school's midnight. Classes that end on the next day have an end beyond 24 * 60:
// 22:00 to 06:00 is 1320 to 1800.
struct ClassHours {
  int start = 7 * 60;
  int end = 17 * 60;
  friend bool operator==(const ClassHours&, const ClassHours&) = default;
};

struct Schedule {
  std::string section;  // unique
  std::string grade;
  std::string adviser_id;
  std::array<std::optional<ClassHours>, 7> week{};  // ISO: [0] Monday .. [6] Sunday
  int grace_period_minutes = 20;                    // 0 is 0
  int absent_threshold_minutes = 60;

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

enum class CalendarKind { kSuspension, kNoClass, kSaturdayMakeup };

struct CalendarEntry {
  CalendarKind kind = CalendarKind::kSuspension;
  std::string first_day;  // "YYYY-MM-DD", inclusive
  std::string last_day;   // inclusive; the same for a single day
  std::string section;    // empty: the whole school
  std::string reason;

  friend bool operator==(const CalendarEntry&, const CalendarEntry&) = default;
};

// Everything a terminal needs to decide alone. One consistent copy at one moment.
struct School {
  People people;
  std::vector<Schedule> schedules;
  std::vector<CalendarEntry> calendar;
  std::map<std::string, std::string> settings{};  // by key; which there are: school_settings.h

  friend bool operator==(const School&, const School&) = default;
};

}  // namespace tamtap
