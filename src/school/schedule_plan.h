// What an import of schedules would do, before it does it: the sheet's sections compared with those
// that the school has. Pure functions of values; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "school/import_plan.h"
#include "school/schedule_sheet.h"
#include "tap/school.h"

namespace tamtap {

struct PlannedSchedule {
  size_t line = 0;
  Schedule schedule;                 // as it will be
  std::vector<FieldChange> changes;  // hours as "monday": "07:00-16:00" or "no classes"
};

struct SchedulePlan {
  std::vector<PlannedSchedule> added;
  std::vector<PlannedSchedule> changed;
  std::vector<PlannedSchedule> unchanged;
  std::vector<LeftOut> left_out;     // lines that can't be imported. If any, nothing is.
  std::vector<std::string> missing;  // sections with a schedule that the sheet does not name
  std::vector<std::string> notes;    // how the file was read

  bool possible() const { return left_out.empty(); }
};

SchedulePlan PlanSchedules(const School& school, ScheduleSheet sheet);

// Does what the plan says. It must be possible. Sections that the sheet does not name stay.
void ApplySchedules(const SchedulePlan& plan, School& school);

}  // namespace tamtap
