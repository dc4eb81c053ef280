#include "cli/demo_school.h"

#include <algorithm>

#include "base/disk.h"
#include "roster/csv_import.h"
#include "roster/roster_file.h"

extern const char kDemoRoster[];
extern const unsigned long kDemoRosterSize;
extern const char kDemoSchedule[];
extern const unsigned long kDemoScheduleSize;

namespace tamtap::cli {
namespace {

constexpr int kMinutesBefore = 10;
constexpr int kLastMinute = 24 * 60 - 1;

}  // namespace

Result<std::string> MakeDemoSchool(const std::string& data, const TimeZone& zone, Clock& clock) {
  const LocalTime now = zone.ToLocal(clock.Now());
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(data));
  std::string cards;
  TAMTAP_RETURN_IF_ERROR(UpdateSchool(
      PosixDisk(), clock, JoinPath(data, "roster.json"), [&](School& school) -> Result<> {
        AddToSchool(ParseRosterCsv({kDemoRoster, kDemoRosterSize}), now.date, school);
        AddToSchool(ParseRosterCsv({kDemoSchedule, kDemoScheduleSize}), now.date, school);
        const int start = std::clamp(now.minutes - kMinutesBefore, 0, kLastMinute - 1);
        for (Schedule& schedule : school.schedules) {
          schedule.week.fill(ClassHours{start, kLastMinute});
        }
        for (const Person& person : school.people) cards += person.card.text() + "\n";
        return {};
      }));
  std::string path = JoinPath(data, "demo-cards.txt");
  TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(PosixDisk(), path, cards));
  return path;
}

}  // namespace tamtap::cli
