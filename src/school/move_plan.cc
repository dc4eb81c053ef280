#include "school/move_plan.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "tap/person_cards.h"
#include "tap/record.h"
#include "tap/school_json.h"
#include "tap/school_settings.h"

namespace tamtap {
namespace {

std::string NamedWithCard(const Person& person) {
  const std::string name =
      person.name.find_first_not_of(' ') == std::string::npos ? "somebody" : person.name;
  return person.section.empty()
             ? fmt::format("{} ({})", name, person.NfcId())
             : fmt::format("{} of {} ({})", name, person.section, person.NfcId());
}

// "section 'Narra' there, 'Molave' here"; empty: the same. A field that is empty there says
// nothing.
std::string DifferencesBetween(const Person& there, const Person& here) {
  std::vector<std::string> texts;
  const auto compare = [&](std::string_view field, const std::string& a, const std::string& b) {
    if (!a.empty() && a != b) texts.push_back(fmt::format("{} '{}' there, '{}' here", field, a, b));
  };
  compare("nfc_id", there.NfcId(), here.NfcId());
  compare("name", there.name, here.name);
  compare("tamtap_id", there.tamtap_id, here.tamtap_id);
  compare("email", there.email, here.email);
  compare("role", std::string(ToString(there.role)), std::string(ToString(here.role)));
  compare("grade", there.grade, here.grade);
  compare("section", there.section, here.section);
  compare("registered", there.registered, here.registered);
  return fmt::format("{}", fmt::join(texts, ", "));
}

class Mover {
 public:
  Mover(const School& here, const RemovedPeople& removed, MovePlan& plan)
      : here_(here), removed_(removed), plan_(plan) {
    for (const Person& person : here.people) {
      by_card_.emplace(CardIdentity(person), &person);
      if (!person.card.empty()) by_card_.emplace(person.card.text(), &person);
      if (!person.tamtap_id.empty()) by_number_.emplace(person.tamtap_id, person.name);
    }
    // Cards that were somebody's once, unless they are somebody's now.
    for (const Person& person : here.people) {
      by_card_.emplace(person.person, &person);
      for (const CardId& card : person.replaced_cards) by_card_.emplace(card.text(), &person);
    }
  }

  void MovePeople(const People& people) {
    std::map<std::string, const Person*> met;  // by card
    for (const Person& person : people) {
      const std::string card = CardIdentity(person);
      const auto [first, fresh] = met.emplace(card, &person);
      if (!fresh) {
        plan_.left_out.push_back(fmt::format("{} has the card of {}", NamedWithCard(person),
                                             NamedWithCard(*first->second)));
        continue;
      }
      if (const auto known = by_card_.find(card); known != by_card_.end()) {
        MoveKnown(person, card, *known->second);
      } else if (const auto left = removed_.find(person.person); left != removed_.end()) {
        plan_.keys.emplace(card, person.person);
        ++plan_.people.kept;
        plan_.notes.push_back(
            fmt::format("{} was removed here on {}, and stays out; --bring-back "
                        "brings everybody back who was",
                        NamedWithCard(person), left->second));
      } else {
        MoveNew(person, card);
      }
    }
  }

  void MoveSchedules(const std::vector<Schedule>& schedules) {
    std::map<std::string, Schedule> known;
    for (const Schedule& schedule : here_.schedules) known.emplace(schedule.section, schedule);
    for (const Schedule& schedule : schedules) {
      const auto [there, fresh] = known.emplace(schedule.section, schedule);
      if (fresh) plan_.added.schedules.push_back(schedule);
      const bool same = there->second == schedule;
      Count(plan_.schedules, fresh, same);
      if (!fresh && !same) {
        plan_.notes.push_back(
            fmt::format("the schedule of section {} stays as it is here", schedule.section));
      }
    }
  }

  void MoveCalendar(const std::vector<CalendarEntry>& calendar) {
    std::vector<CalendarEntry> known = here_.calendar;
    for (const CalendarEntry& entry : calendar) {
      const bool fresh = std::find(known.begin(), known.end(), entry) == known.end();
      Count(plan_.calendar, fresh, /*same=*/true);
      if (!fresh) continue;
      known.push_back(entry);
      plan_.added.calendar.push_back(entry);
    }
  }

  void MoveSettings(const SettingsByKey& settings) {
    const auto known = SettingKeys();
    for (const auto& [key, value] : settings) {
      const bool means_something =
          std::any_of(known.begin(), known.end(),
                      [&, &key = key](const SettingKey& each) { return each.key == key; });
      const auto changes = SettingChanges(here_.settings, key, value);
      if (!means_something || !changes) {
        ++plan_.settings.kept;
        plan_.notes.push_back(
            means_something
                ? fmt::format("the setting {} stays behind: {}", key, changes.error().Message())
                : fmt::format("the setting {} means nothing here", key));
        continue;
      }
      const auto here = here_.settings.find(key);
      const bool fresh = here == here_.settings.end();
      const bool same = !fresh && here->second == changes->at(key);
      Count(plan_.settings, fresh, same);
      if (fresh) plan_.added.settings.emplace(key, changes->at(key));
      if (!fresh && !same) {
        plan_.notes.push_back(
            fmt::format("the setting {} stays '{}', as it is here", key, here->second));
      }
    }
  }

 private:
  static void Count(MoveCounts& counts, bool fresh, bool same) {
    ++(fresh ? counts.added : same ? counts.unchanged : counts.kept);
  }

  void MoveKnown(const Person& there, const std::string& card, const Person& here) {
    plan_.keys.emplace(card, here.person);
    const std::string differences = DifferencesBetween(there, here);
    Count(plan_.people, /*fresh=*/false, differences.empty());
    if (!differences.empty()) {
      plan_.notes.push_back(
          fmt::format("{} stays as they are here: {}", NamedWithCard(here), differences));
    }
  }

  void MoveNew(Person person, const std::string& card) {
    plan_.keys.emplace(card, person.person);
    Count(plan_.people, /*fresh=*/true, false);
    plan_.new_people.push_back(NamedWithCard(person));
    if (CardsOf(person).none()) {
      plan_.notes.push_back(
          fmt::format("{} comes along, but no reader can read that card", NamedWithCard(person)));
    }
    if (!person.tamtap_id.empty()) {
      const auto [owner, free] = by_number_.emplace(person.tamtap_id, person.name);
      if (!free) {
        plan_.notes.push_back(fmt::format("{} gets a new number: {} is that of {}",
                                          NamedWithCard(person), person.tamtap_id, owner->second));
        person.tamtap_id.clear();
      }
    }
    plan_.added.people.push_back(std::move(person));
  }

  const School& here_;
  const RemovedPeople& removed_;
  MovePlan& plan_;
  std::map<std::string, const Person*> by_card_;
  std::map<std::string, std::string> by_number_;  // whose each tamtap_id is
};

}  // namespace

MovePlan PlanMove(const School& here, const School& there, const RemovedPeople& removed) {
  MovePlan plan;
  Mover mover(here, removed, plan);
  mover.MovePeople(there.people);
  mover.MoveSchedules(there.schedules);
  mover.MoveCalendar(there.calendar);
  mover.MoveSettings(there.settings);
  return plan;
}

void ApplyMove(const MovePlan& plan, std::string_view registered, School& here) {
  AddNewPeople(plan.added.people, registered, here);
  const auto append = [](const auto& from, auto& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(plan.added.schedules, here.schedules);
  append(plan.added.calendar, here.calendar);
  here.settings.insert(plan.added.settings.begin(), plan.added.settings.end());
}

}  // namespace tamtap
