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

Error WasTheirs(std::string what, const Person& former, const Person& person) {
  return CannotBe(std::move(what),
                  fmt::format("the card {} was that of {}, who has {} now; if it came back and is "
                              "to be {}'s, say that it is returned",
                              person.NfcId(), former.name, former.NfcId(), person.name));
}

// Whether a card that somebody gave up may be one that is spelled so.
bool MayBeOneOf(const CardReadings& cards, const CardId& replaced) {
  const auto is_cut = [&replaced](const std::string& beginning) {
    return !beginning.empty() && replaced == CutCardOf(beginning);
  };
  return cards.MayBe(replaced) || is_cut(BeginningOf(cards.uid)) ||
         std::any_of(cards.beginnings.begin(), cards.beginnings.end(), is_cut);
}

void TakeBack(const CardReadings& cards, Person& former) {
  std::erase_if(former.replaced_cards,
                [&cards](const CardId& card) { return MayBeOneOf(cards, card); });
}

std::string BeginsWith(const std::string& beginning) { return beginning + "..."; }

}  // namespace

bool MayHaveReplaced(const Person& person, const CardReadings& cards) {
  const auto& replaced = person.replaced_cards;
  return std::any_of(replaced.begin(), replaced.end(),
                     [&cards](const CardId& card) { return MayBeOneOf(cards, card); });
}

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

Registration::Registration(School& school) : school_(school), first_(school.people.size()) {
  for (size_t place = 0; place < first_; ++place) Note(place);
}

const Person& Registration::At(size_t place) const {
  return place < first_ ? std::as_const(school_).people[place] : added_[place - first_];
}

void Registration::Note(size_t place) {
  const Person& person = At(place);
  by_spelling_.emplace(SpellingKey(person), place);
  by_key_.emplace(person.person, place);
  if (!person.card.empty()) by_card_.emplace(person.card.text(), place);
  for (const CardId& card : person.replaced_cards) {
    by_replaced_card_.emplace(card.text(), place);
    const std::string start = BeginningOf(card);
    if (!start.empty()) by_replaced_card_.emplace(BeginsWith(start), place);
  }
}

const Person* Registration::OwnerOf(const Person& person) const {
  if (const auto same = by_spelling_.find(SpellingKey(person)); same != by_spelling_.end()) {
    return &At(same->second);
  }
  const auto same = by_card_.find(person.card.text());
  return person.card.empty() || same == by_card_.end() ? nullptr : &At(same->second);
}

std::set<size_t> Registration::FormersOf(const CardReadings& cards) const {
  std::set<std::string> keys;
  if (!cards.uid.empty()) keys.insert(cards.uid.text());
  for (const CardId& card : cards.possible) keys.insert(card.text());
  if (const std::string start = BeginningOf(cards.uid); !start.empty()) {
    keys.insert(CutCardOf(start).text());
  }
  for (const std::string& beginning : cards.beginnings) {
    keys.insert({CutCardOf(beginning).text(), BeginsWith(beginning)});
  }
  std::set<size_t> places;
  for (const std::string& key : keys) {
    const auto [begin, end] = by_replaced_card_.equal_range(key);
    for (auto each = begin; each != end; ++each) {
      // It may have been taken back a moment ago.
      if (MayHaveReplaced(At(each->second), cards)) places.insert(each->second);
    }
  }
  return places;
}

Result<> Registration::Add(Person person, FormerCard former) {
  const std::string what = "register " + person.name;
  if (const Person* const owner = OwnerOf(person)) {
    return CannotBe(what, fmt::format("the card {} belongs to {}", person.NfcId(), owner->name));
  }
  const auto first_owner = by_key_.find(person.person);
  const CardReadings cards = CardsOf(person);
  const std::set<size_t> formers = FormersOf(cards);
  if (former == FormerCard::kIsLost) {
    if (!formers.empty()) return WasTheirs(what, At(*formers.begin()), person);
    if (first_owner != by_key_.end()) return WasTheirs(what, At(first_owner->second), person);
  }
  for (const size_t place : formers) {
    // Who was added a moment ago has replaced none.
    if (place < first_) TakeBack(cards, school_.people[place]);
  }
  while (by_key_.contains(person.person)) person.person = NextPersonKey(person.person);
  added_.push_back(std::move(person));
  Note(first_ + added_.size() - 1);
  return {};
}

void Registration::Finish(std::string_view registered) {
  AddNewPeople(std::move(added_), registered, school_);
  added_.clear();
}

Result<> RegisterPerson(Person person, std::string_view registered, FormerCard former,
                        School& school) {
  Registration registration(school);
  TAMTAP_RETURN_IF_ERROR(registration.Add(std::move(person), former));
  registration.Finish(registered);
  return {};
}

Result<bool> GiveCard(std::string_view card, size_t place, FormerCard former, School& school) {
  const std::string spelled = Nfc(TrimSpace(card));
  TAMTAP_RETURN_IF_ERROR(CheckTypedCard(spelled));
  Person person = std::as_const(school).people[place];
  const std::string what = fmt::format("give {} to {}", spelled, person.name);
  if (const Person* const owner = OwnerOfCard(spelled, school)) {
    if (owner->person == person.person) return false;
    return CannotBe(what, fmt::format("the card belongs to {}", owner->name));
  }
  ReplaceCard(spelled, person);
  const CardReadings cards = CardsOf(person);
  const std::string first_key = PersonKeyOf(spelled);
  for (size_t i = 0; i < school.people.size(); ++i) {
    const Person& each = std::as_const(school).people[i];
    const bool is_replaced = MayHaveReplaced(each, cards);
    if (i == place || (!is_replaced && each.person != first_key)) continue;
    if (former == FormerCard::kIsLost) return WasTheirs(what, each, person);
    if (is_replaced) TakeBack(cards, school.people[i]);
  }
  school.people[place] = std::move(person);
  return true;
}

}  // namespace tamtap
