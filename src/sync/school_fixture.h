// Ways to change the school of a store, for tests and benchmarks: as an office would, now.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/random.h"
#include "sync/central_store.h"

namespace tamtap {

// Brings the store from the school it has to what `change` makes of it. kRejected, with the
// master's sentence: something of it is refused; the rest is taken.
inline Result<> ChangeSchoolOf(CentralStore& store, const std::function<void(School&)>& change) {
  TAMTAP_TRY(auto update, store.PullSchool(""));
  School before;
  if (update) Apply(*std::move(update), before);
  School after = before;
  change(after);
  TAMTAP_TRY(const auto outcomes,
             store.ChangeSchool(ChangesBetween(before, after, {0, "office"}, SystemRandom())));
  for (const std::string& outcome : outcomes) {
    if (!outcome.empty()) return Error{ErrorCode::kRejected, "change the school", 0, outcome};
  }
  return {};
}

// Adds these people, or replaces those with the same `person`.
inline Result<> PutPeople(CentralStore& store, const People& people) {
  return ChangeSchoolOf(store, [&people](School& school) {
    for (const Person& person : people) {
      erase_if(school.people,
               [&person](const Person& each) { return each.person == person.person; });
      school.people.push_back(person);
    }
  });
}

inline Result<> RemovePerson(CentralStore& store, const std::string& person) {
  return ChangeSchoolOf(store, [&person](School& school) {
    erase_if(school.people, [&person](const Person& each) { return each.person == person; });
  });
}

inline Result<> PutSchedule(CentralStore& store, const Schedule& schedule) {
  return ChangeSchoolOf(store, [&schedule](School& school) {
    std::erase_if(school.schedules,
                  [&](const Schedule& each) { return each.section == schedule.section; });
    school.schedules.push_back(schedule);
  });
}

inline Result<> PutCalendarEntry(CentralStore& store, const CalendarEntry& entry) {
  return ChangeSchoolOf(store, [&entry](School& school) {
    std::erase(school.calendar, entry);
    school.calendar.push_back(entry);
  });
}

}  // namespace tamtap
