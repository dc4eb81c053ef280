#include "school/schedule_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

std::string HoursText(const std::optional<ClassHours>& hours) {
  if (!hours) return "no classes";
  return fmt::format("{}-{}", ClockText(hours->start), EndText(*hours));
}

std::vector<FieldChange> Change(const ImportedSchedule& said, Schedule& schedule) {
  std::vector<FieldChange> changes;
  const auto set_text = [&](const char* field, std::string& value, const std::string& to) {
    if (to.empty() || value == to) return;
    changes.push_back({field, value, to});
    value = to;
  };
  const auto set_minutes = [&](const char* field, int& value, const std::optional<int>& to) {
    if (!to || value == *to) return;
    changes.push_back({field, fmt::format("{}", value), fmt::format("{}", *to)});
    value = *to;
  };
  set_text("grade", schedule.grade, said.grade);
  set_text("adviser_id", schedule.adviser_id, said.adviser_id);
  for (size_t day = 0; day < said.week.size(); ++day) {
    if (!said.has_day[day] || schedule.week[day] == said.week[day]) continue;
    changes.push_back({std::string(WeekdayName(static_cast<int>(day))),
                       HoursText(schedule.week[day]), HoursText(said.week[day])});
    schedule.week[day] = said.week[day];
  }
  set_minutes("grace_period_minutes", schedule.grace_period_minutes, said.grace_minutes);
  set_minutes("absent_threshold_minutes", schedule.absent_threshold_minutes, said.absent_minutes);
  return changes;
}

}  // namespace

SchedulePlan PlanSchedules(const School& school, ScheduleSheet sheet) {
  SchedulePlan plan;
  plan.left_out = std::move(sheet.left_out);
  plan.notes = std::move(sheet.notes);
  std::set<std::string> named;
  for (const ImportedSchedule& said : sheet.schedules) {
    named.insert(said.section);
    const auto there =
        std::find_if(school.schedules.begin(), school.schedules.end(),
                     [&](const Schedule& each) { return each.section == said.section; });
    PlannedSchedule planned{said.line, {}, {}};
    if (there != school.schedules.end()) planned.schedule = *there;
    planned.schedule.section = said.section;
    planned.changes = Change(said, planned.schedule);
    auto& list = there == school.schedules.end() ? plan.added
                 : planned.changes.empty()       ? plan.unchanged
                                                 : plan.changed;
    list.push_back(std::move(planned));
  }
  for (const Schedule& each : school.schedules) {
    if (!named.contains(each.section)) plan.missing.push_back(each.section);
  }
  return plan;
}

void ApplySchedules(const SchedulePlan& plan, School& school) {
  CHECK(plan.possible());
  for (const PlannedSchedule& planned : plan.changed) {
    for (Schedule& schedule : school.schedules) {
      if (schedule.section == planned.schedule.section) schedule = planned.schedule;
    }
  }
  for (const PlannedSchedule& planned : plan.added) school.schedules.push_back(planned.schedule);
}

}  // namespace tamtap
