#include "server/guardian_sheet.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/ascii.h"
#include "base/text.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kDrawnIdBytes = 8;
constexpr size_t kShownOfACell = 40;  // bytes

// "arrival, absence", by any separator; false: it holds another word.
bool TakeKinds(std::string_view text, Guardian& guardian) {
  std::string words = LowerAscii(text);
  std::replace_if(
      words.begin(), words.end(), [](char c) { return c < 'a' || c > 'z'; }, ' ');
  std::string_view rest = words;
  while (!(rest = TrimSpace(rest)).empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    const auto kind = MessageKindFrom(word);
    if (kind == MessageKind::kArrival) {
      guardian.arrival = true;
    } else if (kind == MessageKind::kDeparture) {
      guardian.departure = true;
    } else if (kind == MessageKind::kAbsence) {
      guardian.absence = true;
    } else {
      return false;
    }
  }
  return true;
}

struct PersonOfLine {
  const Person* person;
  bool is_new;
};

std::map<size_t, PersonOfLine> PeopleByLine(const ImportPlan& plan) {
  std::map<size_t, PersonOfLine> people;
  for (const NewPerson& each : plan.added)
    people.emplace(each.line, PersonOfLine{&each.person, true});
  for (const NewPerson& each : plan.unchanged) {
    people.emplace(each.line, PersonOfLine{&each.person, false});
  }
  for (const auto* list : {&plan.changed, &plan.replacements}) {
    for (const ChangedPerson& each : *list) {
      people.emplace(each.line, PersonOfLine{&each.after, false});
    }
  }
  return people;
}

// Whoever stays keeps their id, by which nobody is told twice: found by name, or else by address or
// number.
void KeepIds(const std::vector<Guardian>& before, std::vector<Guardian>& after) {
  std::vector<const Guardian*> free;
  for (const Guardian& each : before) free.push_back(&each);
  const auto keep = [&](auto is_same) {
    for (Guardian& each : after) {
      if (!each.id.empty()) continue;
      const auto same = std::find_if(free.begin(), free.end(),
                                     [&](const Guardian* was) { return is_same(*was, each); });
      if (same == free.end()) continue;
      each.id = (*same)->id;
      free.erase(same);
    }
  };
  keep([](const Guardian& was, const Guardian& is) { return was.name == is.name; });
  keep([](const Guardian& was, const Guardian& is) {
    return (!is.mail.empty() && was.mail == is.mail) ||
           (!is.phone.empty() && was.phone == is.phone);
  });
}

void DrawIds(Random& random, std::vector<Guardian>& guardians) {
  for (Guardian& each : guardians) {
    if (each.id.empty()) each.id = random.Hex(kDrawnIdBytes);
  }
}

}  // namespace

Result<Guardian> GuardianFromSheet(const SheetGuardian& cells) {
  TAMTAP_TRY(Guardian guardian, GuardianFromJson(json::object{{"name", cells.name},
                                                              {"mail", cells.mail},
                                                              {"phone", cells.phone},
                                                              {"language", cells.language}}));
  if (TakeKinds(cells.told, guardian)) return guardian;
  return Error{ErrorCode::kRejected, "keep a guardian", 0,
               fmt::format("'{}' is nothing that guardians are told of; write arrival, departure, "
                           "absence, or some of them",
                           Shortened(cells.told, kShownOfACell))};
}

SheetGuardian ToSheet(const Guardian& guardian) {
  std::string told;
  for (const MessageKind kind :
       {MessageKind::kArrival, MessageKind::kDeparture, MessageKind::kAbsence}) {
    if (guardian.Wants(kind)) told += fmt::format("{}{}", told.empty() ? "" : " ", ToString(kind));
  }
  return {guardian.name, guardian.mail, guardian.phone, std::string(ToString(guardian.language)),
          std::move(told)};
}

bool SaysGuardians(const RosterSheet& sheet) {
  return std::any_of(sheet.people.begin(), sheet.people.end(),
                     [](const ImportedPerson& each) { return !each.guardians.empty(); });
}

void CheckGuardians(RosterSheet& sheet) {
  for (const ImportedPerson& each : sheet.people) {
    for (const SheetGuardian& cells : each.guardians) {
      const auto guardian = GuardianFromSheet(cells);
      if (guardian) continue;
      sheet.left_out.push_back({each.line, fmt::format("a guardian of {}: {}", each.person.name,
                                                       guardian.error().hint)});
      break;
    }
  }
}

Result<std::vector<WardChange>> PlanGuardians(const RosterSheet& sheet, const ImportPlan& plan,
                                              MessageStore& store) {
  const auto people = PeopleByLine(plan);
  std::vector<std::string> wanted;
  for (const ImportedPerson& each : sheet.people) {
    const auto person = people.find(each.line);
    if (each.guardians.empty() || person == people.end()) continue;
    wanted.push_back(person->second.person->person);
  }
  if (wanted.empty()) return std::vector<WardChange>();
  TAMTAP_TRY(const auto known, store.GuardiansOfAll(wanted));
  std::vector<WardChange> changes;
  for (const ImportedPerson& each : sheet.people) {
    const auto person = people.find(each.line);
    if (each.guardians.empty() || person == people.end()) continue;
    WardChange change{each.line, *person->second.person, {}, {}, person->second.is_new};
    const auto theirs = known.find(change.person.person);
    if (theirs != known.end() && !change.is_new) change.before = theirs->second;
    for (const SheetGuardian& cells : each.guardians) {
      TAMTAP_TRY(Guardian guardian, GuardianFromSheet(cells));
      change.after.push_back(std::move(guardian));
    }
    KeepIds(change.before, change.after);
    if (change.after != change.before) changes.push_back(std::move(change));
  }
  return changes;
}

Result<> PutGuardians(const std::vector<WardChange>& changes, const CardIndex& people,
                      MessageStore& store, Random& random) {
  for (const WardChange& each : changes) {
    std::vector<Guardian> guardians = each.after;
    std::string key = each.person.person;
    if (each.is_new) {
      const Person* const person = people.Find(each.person.NfcId());
      if (person == nullptr) continue;  // taken out again meanwhile
      key = person->person;
      TAMTAP_TRY(const auto known, store.GuardiansOfAll({&key, 1}));
      if (const auto theirs = known.find(key); theirs != known.end()) {
        KeepIds(theirs->second, guardians);
      }
    }
    DrawIds(random, guardians);
    TAMTAP_RETURN_IF_ERROR(store.PutGuardians(key, guardians));
  }
  return {};
}

Result<SheetGuardians> GuardiansForSheet(const People& people, MessageStore& store) {
  std::vector<std::string> ids;
  for (const Person& each : people) ids.push_back(each.person);
  TAMTAP_TRY(const auto known, store.GuardiansOfAll(ids));
  SheetGuardians guardians;
  for (const auto& [person, theirs] : known) {
    for (const Guardian& each : theirs) guardians[person].push_back(ToSheet(each));
  }
  return guardians;
}

json::array ToJson(const std::vector<WardChange>& changes) {
  json::array list;
  for (const WardChange& each : changes) {
    list.push_back({{"line", each.line},
                    {"nfc_id", each.person.NfcId()},
                    {"name", each.person.name},
                    {"section", each.person.section},
                    {"before", each.before.size()},
                    {"after", each.after.size()}});
  }
  return list;
}

}  // namespace tamtap
