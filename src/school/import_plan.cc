#include "school/import_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/check.h"
#include "base/text.h"
#include "school/registration.h"
#include "tap/person_cards.h"
#include "tap/record.h"
#include "tap/same_person.h"

namespace tamtap {
namespace {

std::string NameKey(const Person& person) {
  return fmt::format("{}\n{}\n{}\n{}", FoldedName(person.first_name), FoldedName(person.last_name),
                     FoldedName(person.section), ToString(person.role));
}

std::string Described(const Person& person) {
  return person.section.empty() ? person.name
                                : fmt::format("{} of {}", person.name, person.section);
}

// Puts what the sheet says into the person that is there. An empty cell says nothing.
std::vector<FieldChange> Change(const ImportedPerson& imported, Person& person) {
  std::vector<FieldChange> changes;
  const auto set = [&](const char* field, std::string& value, const std::string& to) {
    if (value == to) return;
    changes.push_back({field, value, to});
    value = to;
  };
  const Person& said = imported.person;
  const bool same_name = person.first_name == said.first_name && person.last_name == said.last_name;
  set("first_name", person.first_name, said.first_name);
  set("last_name", person.last_name, said.last_name);
  if (!same_name) person.name = said.name;
  if (!said.grade.empty()) set("grade", person.grade, said.grade);
  if (!said.section.empty()) set("section", person.section, said.section);
  if (!said.email.empty()) set("email", person.email, said.email);
  if (!said.sex.empty()) set("sex", person.sex, said.sex);
  if (!said.lrn.empty()) set("lrn", person.lrn, said.lrn);
  if (imported.has_role && person.role != said.role) {
    changes.push_back(
        {"role", std::string(ToString(person.role)), std::string(ToString(said.role))});
    person.role = said.role;
  }
  return changes;
}

// With the family's name in the place of the first.
Person Turned(const Person& person) {
  Person turned;
  turned.first_name = person.last_name;
  turned.last_name = person.first_name;
  return turned;
}

class Planner {
 public:
  Planner(const School& school, const RosterSheet& sheet, ImportPlan& plan)
      : school_(school), sheet_(sheet), plan_(plan) {
    for (const Person& person : school_.people) {
      by_card_.emplace(CardIdentity(person), &person);
      if (!person.card.empty()) by_card_.emplace(person.card.text(), &person);  // which has come
      by_name_.emplace(NameKey(person), &person);
      first_cards_.emplace(person.person, &person);
      if (!person.replaced_cards.empty()) have_others_.push_back(&person);
    }
    for (const ImportedPerson& each : sheet_.people) {
      line_of_.emplace(CardIdentity(each.person), each.line);  // the first, if there are two
    }
  }

  void Plan() {
    std::set<std::string> cards;
    for (const ImportedPerson& imported : sheet_.people) {
      if (!cards.insert(CardIdentity(imported.person)).second) {
        LeaveOut(imported, fmt::format("card {} of {} stands there twice", imported.person.NfcId(),
                                       Described(imported.person)));
        continue;
      }
      const auto known = by_card_.find(CardIdentity(imported.person));
      if (known != by_card_.end()) {
        PlanKnown(imported, *known->second);
      } else {
        PlanUnknown(imported);
      }
    }
    PlanMissing();
  }

 private:
  void PlanKnown(const ImportedPerson& imported, const Person& there) {
    if (!MayBeTheSame(there, imported.person)) {
      return LeaveOut(imported,
                      fmt::format("card {} belongs to {}, and the sheet gives it to {}",
                                  there.NfcId(), Described(there), Described(imported.person)));
    }
    met_.insert(&there);
    NoteOtherName(imported, there);
    Person after = there;
    auto changes = Change(imported, after);
    if (changes.empty()) {
      plan_.unchanged.push_back({imported.line, there});
    } else {
      plan_.changed.push_back({imported.line, there, std::move(after), std::move(changes)});
    }
  }

  const Person* FormerOwnerOf(const Person& said) const {
    if (const auto first = first_cards_.find(CardIdentity(said)); first != first_cards_.end()) {
      return first->second;
    }
    const CardReadings cards = CardsOf(said);
    const auto former =
        std::find_if(have_others_.begin(), have_others_.end(),
                     [&cards](const Person* each) { return MayHaveReplaced(*each, cards); });
    return former == have_others_.end() ? nullptr : *former;
  }

  // A name is corrected; but a card may also be a younger sister's now, who would have her days.
  void NoteOtherName(const ImportedPerson& imported, const Person& there) {
    const Person& said = imported.person;
    if (IsSpelledAlike(there, said) && IsSpelledAlike(Turned(there), Turned(said))) return;
    plan_.notes.push_back(
        fmt::format("line {}: {} is called {} from now on, and keeps all days; if these are two, "
                    "the first has to leave before the list is imported",
                    imported.line, there.name, said.name));
  }

  void PlanUnknown(const ImportedPerson& imported) {
    const Person& said = imported.person;
    if (const Person* const former = FormerOwnerOf(said)) {
      return LeaveOut(
          imported,
          fmt::format("card {} was that of {}, who has {} now; if it came back, take {} out of the "
                      "list and register them by themselves, with a card that is returned",
                      said.NfcId(), Described(*former), former->NfcId(), said.name));
    }
    const std::string name = NameKey(said);
    const auto [earlier, fresh] = new_names_.emplace(name, imported.line);
    if (!fresh && plan_.options.same_name != SameName::kAnotherPerson) {
      return LeaveOut(imported, fmt::format("{} stands in line {} already, with another card",
                                            Described(said), earlier->second));
    }
    const auto same = by_name_.find(name);
    if (same == by_name_.end() || plan_.options.same_name == SameName::kAnotherPerson) {
      plan_.added.push_back({imported.line, said});
      return;
    }
    if (by_name_.count(name) > 1) {
      return LeaveOut(imported,
                      fmt::format("there are {} people called {}; say whose card {} is with "
                                  "`tamtap roster replace-card`",
                                  by_name_.count(name), Described(said), said.NfcId()));
    }
    PlanReplacement(imported, *same->second);
  }

  void PlanReplacement(const ImportedPerson& imported, const Person& there) {
    if (const auto listed = line_of_.find(CardIdentity(there)); listed != line_of_.end()) {
      return LeaveOut(imported,
                      fmt::format("{} stands in line {} with card {}, which they have",
                                  Described(imported.person), listed->second, there.NfcId()));
    }
    met_.insert(&there);
    Person after = there;
    auto changes = Change(imported, after);
    ReplaceCard(imported.person.NfcId(), after);
    changes.insert(changes.begin(), {"nfc_id", there.NfcId(), after.NfcId()});
    plan_.replacements.push_back({imported.line, there, std::move(after), std::move(changes)});
  }

  // A list of students says nothing of teachers, and one of a section nothing of another section.
  void PlanMissing() {
    std::set<Role> roles;
    std::set<std::string> sections;
    for (const ImportedPerson& each : sheet_.people) {
      const auto known = by_card_.find(CardIdentity(each.person));
      roles.insert(each.has_role || known == by_card_.end() ? each.person.role
                                                            : known->second->role);
      sections.insert(each.person.section);
    }
    for (const Person& person : school_.people) {
      if (met_.contains(&person) || line_of_.contains(CardIdentity(person))) continue;
      if (!roles.contains(person.role)) continue;
      plan_.missing.push_back({person, sections.contains(person.section)});
    }
  }

  void LeaveOut(const ImportedPerson& imported, std::string why) {
    plan_.left_out.push_back({imported.line, std::move(why)});
  }

  const School& school_;
  const RosterSheet& sheet_;
  ImportPlan& plan_;
  std::map<std::string, const Person*, std::less<>> by_card_;
  std::multimap<std::string, const Person*> by_name_;
  std::map<std::string, const Person*, std::less<>> first_cards_;  // by the key
  std::vector<const Person*> have_others_;                         // than they had once
  std::map<std::string, size_t> line_of_;                          // a card's, in the sheet
  std::map<std::string, size_t> new_names_;                        // a name's, in the sheet
  std::set<const Person*> met_;
};

// Their people are kept; but nobody can tap with such a card.
std::vector<NewPerson> WithoutReadableCard(const RosterSheet& sheet) {
  std::vector<NewPerson> people;
  for (const ImportedPerson& each : sheet.people) {
    if (CardsOf(each.person).none()) people.push_back({each.line, each.person});
  }
  return people;
}

// Two spellings may mean one card. Whose it is, only somebody with the card in hand can say: a gate
// refuses it, or takes it for that of whoever certainly has it.
void NoteSharedCards(const School& school, ImportPlan& plan) {
  std::set<std::string_view> replaced;
  for (const ChangedPerson& each : plan.replacements) replaced.insert(each.before.person);
  std::map<std::string, const Person*, std::less<>> owners;
  const auto claim = [&](const Person& person) -> const Person* {
    CardReadings cards = CardsOf(person);
    if (!cards.uid.empty()) cards.possible.push_back(cards.uid);
    const Person* other = nullptr;
    for (const CardId& card : cards.possible) {
      const Person* const owner = owners.emplace(card.text(), &person).first->second;
      if (owner != &person) other = owner;
    }
    return other;
  };
  for (const Person& person : school.people) {
    if (!replaced.contains(person.person)) claim(person);
  }
  const auto note = [&](size_t line, const Person& person) {
    const Person* const other = claim(person);
    if (other == nullptr) return;
    plan.notes.push_back(
        fmt::format("line {}: the card {} of {} may be the card {} of {}, spelled otherwise; look "
                    "which of them has it, and correct the other",
                    line, person.NfcId(), Described(person), other->NfcId(), Described(*other)));
  };
  for (const NewPerson& each : plan.added) note(each.line, each.person);
  for (const ChangedPerson& each : plan.replacements) note(each.line, each.after);
}

uint64_t LastTamtapId(const School& school) {
  uint64_t last = 0;
  for (const Person& person : school.people) {
    uint64_t id = 0;
    const std::string& text = person.tamtap_id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error == std::errc() && end == text.data() + text.size()) last = std::max(last, id);
  }
  return last;
}

}  // namespace

std::string CardIdentity(const Person& person) { return SpellingKey(person); }

ImportPlan PlanImport(const School& school, RosterSheet sheet, const ImportOptions& options) {
  ImportPlan plan;
  plan.options = options;
  plan.left_out = std::move(sheet.left_out);
  plan.notes = std::move(sheet.notes);
  plan.unreadable = WithoutReadableCard(sheet);
  Planner(school, sheet, plan).Plan();
  NoteSharedCards(school, plan);
  std::stable_sort(plan.left_out.begin(), plan.left_out.end(),
                   [](const LeftOut& a, const LeftOut& b) { return a.line < b.line; });
  return plan;
}

void ApplyImport(const ImportPlan& plan, std::string_view registered, School& school) {
  CHECK(plan.possible());
  std::map<std::string, const Person*> after;  // by the card they had
  for (const auto* list : {&plan.changed, &plan.replacements}) {
    for (const ChangedPerson& each : *list) after.emplace(CardIdentity(each.before), &each.after);
  }
  for (size_t i = 0; i < school.people.size(); ++i) {
    const auto changed = after.find(CardIdentity(std::as_const(school).people[i]));
    if (changed != after.end()) school.people[i] = *changed->second;
  }
  std::vector<Person> added;
  for (const NewPerson& each : plan.added) added.push_back(each.person);
  AddNewPeople(std::move(added), registered, school);  // who is removed takes their id along
  if (plan.options.remove_missing) {
    std::set<std::string> gone;
    for (const MissingPerson& each : plan.missing) {
      if (each.section_in_sheet) gone.insert(CardIdentity(each.person));
    }
    erase_if(school.people,
             [&](const Person& person) { return gone.contains(CardIdentity(person)); });
  }
}

void AddNewPeople(People people, std::string_view registered, School& school) {
  const size_t first = school.people.size();
  school.people.Append(std::move(people));
  uint64_t last_id = LastTamtapId(school);  // their own included
  for (size_t i = first; i < school.people.size(); ++i) {
    Person& person = school.people[i];
    if (person.tamtap_id.empty()) person.tamtap_id = fmt::format("{:03}", ++last_id);
    if (person.registered.empty()) person.registered = registered;
  }
}

}  // namespace tamtap
