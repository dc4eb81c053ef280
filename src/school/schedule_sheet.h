// Hours of classes in a sheet, a row a section:
//   Section,Grade,Adviser Name,Mon Start,Mon End,...,Sat Start,Sat End[,Sun Start,Sun End]
//   [,Grace Minutes,Absent Minutes]
// in any order and under the usual names; times as tap/time_of_day.h reads them. An empty cell of
// grade, adviser or minutes says nothing; empty hours under a day's columns say that there are no
// classes. Pure functions; thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "school/roster_sheet.h"
#include "school/table.h"
#include "tap/school.h"

namespace tamtap {

struct ImportedSchedule {
  size_t line = 0;
  std::string section;
  std::string grade;       // empty: nothing is said
  std::string adviser_id;  // empty: nothing is said
  std::array<bool, 7> has_day{};
  std::array<std::optional<ClassHours>, 7> week{};
  std::optional<int> grace_minutes;
  std::optional<int> absent_minutes;
};

struct ScheduleSheet {
  std::vector<ImportedSchedule> schedules;
  std::vector<LeftOut> left_out;
  std::vector<std::string> notes;
};

// Whether the header of a table is that of schedules rather than of people.
bool IsScheduleSheet(const Table& table);

// kRejected, in one sentence: a header with unknown, repeated or missing columns; no section at
// all.
Result<ScheduleSheet> ReadScheduleSheet(Table table);

// The schedules as such a sheet; ReadScheduleSheet reads back the same.
std::string ScheduleCsv(const std::vector<Schedule>& schedules, CsvFor reader);

}  // namespace tamtap
