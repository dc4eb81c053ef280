// The school's facts as JSON, in the field names of existing TamTap databases:
//
//   person    {nfc_id, card, tamtap_id, name, first_name, last_name, email, role, grade, section,
//              registered, person[, sex: "M" | "F"][, lrn][, replaced_cards: ["04A2B3C4", ...]]}
//   schedule  {section, grade, adviser_id, weekly_schedule: {monday: {start: "07:00", end:
//   "17:00"},
//              ...}, grace_period_minutes, absent_threshold_minutes}
//   calendar  {type: "suspension" | "no-class" | "saturday-makeup", date | startDate + endDate,
//              section, reason}
//   setting   {key, value}
//
// Reading takes what is missing for its default; kRejected names the field that can't be read.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

std::string_view ToString(CalendarKind kind);  // "suspension" | "no-class" | "saturday-makeup"
std::optional<CalendarKind> CalendarKindFrom(std::string_view text);
// "M" or "F", of the letter or the word in English or Filipino; empty: it is neither.
std::string SexFrom(std::string_view text);
// Whether the text is a learner's reference number: twelve digits.
bool IsLrn(std::string_view text);
// "monday" .. "sunday", by ISO weekday from 0.
std::string_view WeekdayName(int weekday);
// "07:05" from minutes since midnight.
std::string ClockText(int minutes);
// The end of hours by the clock: "16:00", "24:00", and "06:00" for one on the next day.
std::string EndText(const ClassHours& hours);

boost::json::object ToJson(const Person& person);
boost::json::object ToJson(const Schedule& schedule);
boost::json::object ToJson(const CalendarEntry& entry);
// {students: [...], teachers: [...], schedules: [...], calendar: [...], settings: [...]}
boost::json::object ToJson(const School& school);

Result<Person> PersonFromJson(const boost::json::value& value, Role role);
Result<Schedule> ScheduleFromJson(const boost::json::value& value);
Result<CalendarEntry> CalendarEntryFromJson(const boost::json::value& value);
Result<std::pair<std::string, std::string>> SettingFromJson(const boost::json::value& value);
// A person, schedule or calendar entry that can't be read is left out (NoteUnreadable, naming
// `where` the school comes from), and all others are read. kRejected: it is no object, or one of
// its lists is no list.
Result<School> SchoolFromJson(const boost::json::value& value, std::string_view where);

}  // namespace tamtap
