#include "sim/simulated_school.h"

#include <fmt/core.h>

#include "base/check.h"
#include "school/copy_file.h"
#include "sim/fake_clock.h"
#include "tap/person_cards.h"

namespace tamtap::sim {

namespace {

// Every fourth card has seven bytes.
bool IsLong(size_t person) { return person % 4 == 2; }

uint32_t UidOf(size_t person) { return 0xA0000000u + static_cast<uint32_t>(person); }

// The spellings that schools have, in turns.
std::string Spelled(size_t person) {
  const uint32_t uid = UidOf(person);
  switch (person % 4) {
    case 1:  // either byte order
      return fmt::format("{}", uid);
    case 2:  // cut after three bytes
      return "88" + CardOf(person).text().substr(0, 6);
    case 3: {  // as SimpleMFRC522 prints it
      const uint32_t check = ((uid >> 24) ^ (uid >> 16) ^ (uid >> 8) ^ uid) & 0xFF;
      return fmt::format("{}", (uint64_t{uid} << 8) | check);
    }
    default:
      return CardOf(person).text();
  }
}

}  // namespace

CardId CardOf(size_t person) {
  return *CardId::Parse(IsLong(person) ? fmt::format("04{:04X}CAE26180", person & 0xFFFF)
                                       : fmt::format("{:08X}", UidOf(person)));
}

std::optional<CardId> CardLikeThatOf(size_t person) {
  if (!IsLong(person)) return std::nullopt;
  return *CardId::Parse(fmt::format("04{:04X}FFFFFFFF", person & 0xFFFF));
}

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
    const std::string spelled = Spelled(i);
    SpellCard(spelled, CardId(), person);
    person.person = PersonKeyOf(spelled);
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
