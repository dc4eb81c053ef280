#include "cli/demo_school.h"

#include <algorithm>

#include "base/disk.h"
#include "base/log.h"
#include "cli/master.h"
#include "school/import_plan.h"
#include "school/schedule_plan.h"

extern const char kDemoRoster[];
extern const unsigned long kDemoRosterSize;
extern const char kDemoSchedule[];
extern const unsigned long kDemoScheduleSize;

namespace tamtap::cli {
namespace {

constexpr int kMinutesBefore = 10;
constexpr int kLastMinute = 24 * 60 - 1;

// The people and hours of the examples.
Result<> AddExamples(std::string_view registered, School& school) {
  TAMTAP_TRY(Table people, ReadTable({kDemoRoster, kDemoRosterSize}));
  TAMTAP_TRY(RosterSheet roster, ReadRosterSheet(std::move(people)));
  TAMTAP_TRY(Table hours, ReadTable({kDemoSchedule, kDemoScheduleSize}));
  TAMTAP_TRY(ScheduleSheet schedules, ReadScheduleSheet(std::move(hours)));
  const ImportPlan plan = PlanImport(school, std::move(roster), {});
  if (!plan.possible()) {
    return Error{ErrorCode::kMisconfigured, "make the demo school", 0,
                 "there is another school in this data directory; take an empty one"};
  }
  ApplyImport(plan, registered, school);
  ApplySchedules(PlanSchedules(school, std::move(schedules)), school);
  return {};
}

}  // namespace

Result<std::string> MakeDemoSchool(const Settings& settings, const TimeZone& zone, Clock& clock) {
  const std::string& data = settings.data;
  const LocalTime now = zone.ToLocal(clock.Now());
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(data));
  std::string cards;
  TAMTAP_TRY(Master master, Master::Open(settings));
  TAMTAP_TRY(const auto changed, master.Change([&](School& school) -> Result<> {
    if (auto added = AddExamples(now.date, school); !added) return added;
    const int start = std::clamp(now.minutes - kMinutesBefore, 0, kLastMinute - 1);
    for (Schedule& schedule : school.schedules) {
      schedule.week.fill(ClassHours{start, kLastMinute});
    }
    for (const Person& person : school.people) cards += person.card.text() + "\n";
    return {};
  }));
  for (const std::string& why : changed.refused) LogWarning("demo: {}", why);
  std::string path = JoinPath(data, "demo-cards.txt");
  TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(PosixDisk(), path, cards));
  return path;
}

}  // namespace tamtap::cli
