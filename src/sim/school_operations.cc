// People are registered, changed and taken out, at the office and at gates that may be alone. Most
// never tap: what is promised of taps is told from what is promised of the school. Those who are
// registered at a gate and tap there at once are never changed.
#include <fmt/core.h>

#include "base/check.h"
#include "sim/simulated_school.h"
#include "sim/world.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kSaltOfWords = 0x7363686f6f6c;
constexpr uint64_t kMostWords = 12;
constexpr uint64_t kSaltOfRegistrations = 0x6e6577;
constexpr uint64_t kMostRegistrations = 4;
constexpr uint64_t kQuietPeople = 3;
constexpr uint64_t kKindsOfWords = 5;
constexpr int64_t kOfAMoment = 500;  // microseconds; words are a millisecond apart

Person QuietPerson(uint64_t number) {
  Person person;
  person.card = *CardId::Parse(fmt::format("{:08X}", 0xF0000000u + number));
  person.person = person.card.text();
  person.name = person.first_name = fmt::format("Quiet {}", number);
  return person;
}

// What somebody makes of the school that they see. `text` is a text that nobody has said.
void ChangeQuietPerson(const Operation& operation, const std::string& text, School& school) {
  const std::string key = QuietPerson(operation.a % kQuietPeople).person;
  const auto there = std::find_if(school.people.begin(), school.people.end(),
                                  [&key](const Person& each) { return each.person == key; });
  const uint64_t kind = operation.b % kKindsOfWords;
  if (there == school.people.end()) {
    Person person = QuietPerson(operation.a % kQuietPeople);
    person.section = "s" + text;
    person.email = "e" + text;
    school.people.push_back(std::move(person));
    Sort(school);
  } else if (kind == 0) {
    school.people.erase(there);
  } else {
    Person& person =
        school.people[static_cast<size_t>(std::distance(school.people.begin(), there))];
    (kind <= 2 ? person.section : person.email) = (kind <= 2 ? "s" : "e") + text;
  }
}

}  // namespace

void AddSchoolChanges(Plan& plan) {
  SeededRandom random(SeededRandom(plan.seed ^ kSaltOfWords).Next64());
  if (random.Below(2) == 0) return;
  Sprinkle(plan, random, 1 + random.Below(kMostWords), [](Random& drawn) {
    Operation operation;
    operation.act = drawn.Below(3) == 0 ? Act::kOfficeSays : Act::kGateSays;
    operation.a = drawn.Next64() % 1'000;
    operation.b = drawn.Next64() % 1'000;
    return operation;
  });
}

void AddRegistrations(Plan& plan) {
  SeededRandom random(SeededRandom(plan.seed ^ kSaltOfRegistrations).Next64());
  if (random.Below(3) != 0) return;
  Sprinkle(plan, random, 1 + random.Below(kMostRegistrations), [](Random&) {
    Operation operation;
    operation.act = Act::kRegister;
    return operation;
  });
}

void World::Register(const Operation& operation) {
  if (!merges_ || !stations_[operation.gate]->gate) return;
  const size_t index = school_.people.size();
  Person person = QuietPerson(0);
  person.card = CardOf(index);
  person.person = person.card.text();
  person.name = person.first_name = fmt::format("New {}", index);
  person.section = school_.schedules.front().section;
  school_.people.push_back(person);
  SayAtGate(operation, [&person](School& school) {
    school.people.push_back(person);
    Sort(school);
  });
  Tap(operation.gate, index);
  BuryTheDead(operation.gate);
}

void World::CarryOutOnSchool(const Operation& operation) {
  if (!merges_) return;
  now_us_ += 1'000;  // nobody speaks at the very moment of another
  SeededRandom ids(operation.random);
  const std::string text = std::to_string(++words_said_);
  if (operation.act == Act::kOfficeSays) {
    const School before = front_.master().school();
    School after = before;
    ChangeQuietPerson(operation, text, after);
    const auto changes = ChangesBetween(before, after, {0, "office"}, ids);
    const auto outcomes = front_.master().Change(changes, front_.Wall());
    for (const std::string& outcome : outcomes) CHECK(outcome.empty());
    words_.Said(SchoolWords::Speaker::kOffice, changes);
    return;
  }
  SayAtGate(operation, [&](School& school) { ChangeQuietPerson(operation, text, school); });
}

void World::SayAtGate(const Operation& operation, const std::function<void(School&)>& change) {
  Station& station = *stations_[operation.gate];
  SchoolCopy* const copy = station.gate ? station.gate->School() : nullptr;
  if (copy == nullptr) return;
  SeededRandom ids(operation.random);
  const School before = copy->roster().Current()->school();
  School after = before;
  change(after);
  const Said said = copy->SaidNow(fmt::format("gate-{}", operation.gate + 1));
  auto changes = ChangesBetween(before, after, said, ids);
  const int64_t ahead_us = said.at_us - station.clock.TrueNowUs();
  words_.Said(ahead_us > kOfAMoment    ? SchoolWords::Speaker::kGateAhead
              : ahead_us < -kOfAMoment ? SchoolWords::Speaker::kGateBehind
                                       : SchoolWords::Speaker::kGate,
              changes);
  const auto durable = copy->Say(std::move(changes));
  CHECK(durable.has_value());
}

bool World::HasSchoolOfMaster(const Station& station) const {
  SchoolCopy* const copy = station.gate ? station.gate->School() : nullptr;
  return copy != nullptr && copy->Outbox().empty() &&
         copy->roster().Current()->school() == front_.master().school();
}

void World::CheckSchool() {
  for (size_t i = 0; i < stations_.size(); ++i) {
    if (stations_[i]->gate && !HasSchoolOfMaster(*stations_[i])) {
      checker_.Fail(fmt::format("the school at gate-{} is not its master's", i + 1));
    }
  }
  // What a gate said while it belonged to another store is that store's.
  const bool moved =
      std::any_of(plan_.operations.begin(), plan_.operations.end(),
                  [](const Operation& operation) { return operation.act == Act::kMoveGate; });
  if (moved) return;
  if (server_ && !front_.replaced_after_it_went_back()) CheckThatWhoTappedIsKnown();
  words_.Check(front_.master().facts(), [this](const std::string& what) { checker_.Fail(what); });
}

// A master that is restored from an older copy has not heard of who was registered since. Their
// taps come again, and with them must come who they are: a server would not take them else.
void World::CheckThatWhoTappedIsKnown() {
  const auto all = front_.central().Everything();
  if (!all) return checker_.Fail("the store can't be read: " + all.error().Message());
  const People& known = front_.master().school().people;
  for (const Attendance& attendance : *all) {
    const std::string& person = attendance.arrival.person;
    const auto is_them = [&person](const Person& each) { return each.person == person; };
    if (std::none_of(known.begin(), known.end(), is_them)) {
      checker_.Fail(fmt::format("{} tapped and is unknown to the master", person));
    }
  }
}

}  // namespace tamtap::sim
