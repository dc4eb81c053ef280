#include "sim/simulated_school.h"

#include <fmt/core.h>

#include "base/check.h"
#include "school/copy_file.h"
#include "sim/fake_clock.h"

namespace tamtap::sim {

School MakeSchool(size_t people, int departures_after_minutes) {
  School school;
  Schedule schedule;
  schedule.section = "Narra";
  // They end a minute before midnight: nobody comes to them on the day after.
  schedule.week.fill(ClassHours{7 * 60, 24 * 60 - 1});
  school.schedules.push_back(schedule);
  if (departures_after_minutes > 0) {
    school.settings = {{"departures", "on"},
                       {"departures.after_minutes", std::to_string(departures_after_minutes)}};
  }
  for (size_t i = 0; i < people; ++i) {
    Person person;
    person.card = *CardId::Parse(fmt::format("{:08X}", 0xA0000000u + i));
    person.person = person.card.text();
    person.tamtap_id = fmt::format("{:03}", i + 1);
    person.first_name = fmt::format("Ana {}", i);
    person.last_name = "Peña \"O'\\Neil\"";
    person.name = person.first_name + " " + person.last_name;
    person.section = "Narra";
    school.people.push_back(std::move(person));
  }
  return school;
}

void InstallSchool(const SimulatedMaster& master, Disk& disk) {
  FakeClock clock(WallTime{});
  const auto installed =
      UpdateCopy(disk, clock, kSchoolCopyPath, [&](CopyOfSchool& copy) -> Result<> {
        copy.school = master.school();
        copy.version = master.version();
        return {};
      });
  CHECK(installed.has_value());
}

}  // namespace tamtap::sim
