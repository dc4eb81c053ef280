#include "school/registration.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "school/columns.h"
#include "school/import_plan.h"
#include "tap/person_cards.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

constexpr size_t kShownBytes = 64;

Error CannotBe(std::string what, std::string hint) {
  return Error{ErrorCode::kRejected, std::move(what), 0, std::move(hint)};
}

// An id from a list is kept whatever it is; what somebody types must be a card.
Result<> CheckTypedCard(std::string_view spelled) {
  if (!ReadingsOf(spelled).none()) return {};
  return CannotBe(fmt::format("card '{}'", Shortened(spelled, kShownBytes)),
                  "write the UID in hexadecimal, or the number that the reader prints");
}

}  // namespace

const Person* OwnerOfCard(std::string_view spelled, const School& school) {
  const std::string key = PersonKeyOf(spelled);
  const CardId uid = ReadingsOf(spelled).uid;
  for (const Person& each : school.people) {
    if (SpellingKey(each) == key || (!uid.empty() && each.card == uid)) return &each;
  }
  return nullptr;
}

Result<> TidyPerson(std::string_view card, Person& person) {
  const std::string spelled = Nfc(TrimSpace(card));
  TAMTAP_RETURN_IF_ERROR(CheckTypedCard(spelled));
  SpellCard(spelled, CardId(), person);
  person.person = PersonKeyOf(person.NfcId());
  return TidyTexts(person);
}

Result<> TidyTexts(Person& person) {
  for (std::string* const text : {&person.first_name, &person.last_name, &person.name,
                                  &person.section, &person.grade, &person.email}) {
    *text = Nfc(TrimSpace(*text));
  }
  if (!person.first_name.empty() || !person.last_name.empty()) {
    person.name = TrimSpace(person.first_name + " " + person.last_name);
  }
  const std::string whom = "register " + Shortened(person.name, kShownBytes);
  for (const std::string* const text : {&person.first_name, &person.last_name, &person.name,
                                        &person.section, &person.grade, &person.email}) {
    if (std::string fault = CellFault(*text); !fault.empty()) {
      return CannotBe(whom, std::move(fault));
    }
  }
  if (person.name.empty()) return CannotBe("register a person", "give a first or a last name");
  if (person.role == Role::kStudent && person.section.empty()) {
    return CannotBe(whom, "a student has a section");
  }
  if (!person.sex.empty() && SexFrom(person.sex).empty()) {
    return CannotBe(whom, "the sex is M or F; leave it out if it is not known");
  }
  person.sex = SexFrom(person.sex);
  if (!person.lrn.empty() && !IsLrn(person.lrn)) {
    return CannotBe(whom, "an LRN has 12 digits; leave it out if it is not known");
  }
  return {};
}

Result<> RegisterPerson(const Person& person, std::string_view registered, School& school) {
  if (const Person* const owner = OwnerOfCard(person.NfcId(), school)) {
    return CannotBe("register " + person.name,
                    fmt::format("the card {} belongs to {}", person.NfcId(), owner->name));
  }
  for (const Person& each : school.people) {
    const auto& former = each.replaced_cards;
    const bool was_theirs = each.person == person.person ||
                            std::find(former.begin(), former.end(), person.card) != former.end();
    if (was_theirs) {
      return CannotBe("register " + person.name,
                      fmt::format("the card {} was that of {}, who has {} now", person.NfcId(),
                                  each.name, each.NfcId()));
    }
  }
  AddNewPeople({person}, registered, school);
  return {};
}

Result<bool> GiveCard(std::string_view card, size_t place, School& school) {
  const std::string spelled = Nfc(TrimSpace(card));
  TAMTAP_RETURN_IF_ERROR(CheckTypedCard(spelled));
  Person& person = school.people[place];
  const Person* const owner = OwnerOfCard(spelled, school);
  if (owner == &person) return false;
  if (owner != nullptr) {
    return CannotBe(fmt::format("give {} to {}", spelled, person.name),
                    fmt::format("the card belongs to {}", owner->name));
  }
  ReplaceCard(spelled, person);
  return true;
}

}  // namespace tamtap
