#include "roster/card_index.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

template <typename Several>
void ForEach(const Several& several, const std::string& key, const auto& visit) {
  const auto found = several.find(key);
  if (found == several.end()) return;
  for (const Person* const person : found->second) visit(*person);
}

}  // namespace

CardIndex::CardIndex(const std::vector<Person>& people) {
  by_person_.reserve(people.size());
  by_spelling_.reserve(people.size());
  by_uid_.reserve(people.size());
  for (const Person& person : people) {
    by_person_.emplace(person.person, &person);
    by_spelling_.emplace(person.NfcId(), &person);
    const CardReadings cards = CardsOf(person);
    if (!cards.uid.empty()) by_uid_.emplace(cards.uid.text(), &person);
    for (const CardId& card : cards.possible) by_possible_[card.text()].push_back(&person);
    for (const std::string& beginning : cards.beginnings) {
      by_beginning_[beginning].push_back(&person);
    }
    if (std::string start = BeginningOf(cards.uid); !start.empty()) {
      by_start_[std::move(start)].push_back(&person);
    }
    for (const CardId& card : person.replaced_cards) replaced_.emplace(card.text(), &person);
  }
}

// Who certainly has a card has it, whoever else may be meant by a number.
void CardIndex::AddMatches(const CardId& card, std::vector<Match>& matches) const {
  if (card.empty()) return;
  if (const auto owner = by_uid_.find(card.text()); owner != by_uid_.end()) {
    matches.push_back({owner->second, card, /*first=*/false});
    return;
  }
  ForEach(by_possible_, card.text(), [&](const Person& person) {
    matches.push_back({&person, card, /*first=*/false});
  });
  ForEach(by_beginning_, BeginningOf(card), [&](const Person& person) {
    matches.push_back({&person, card, /*first=*/true});
  });
}

std::vector<CardIndex::Match> CardIndex::MatchesOf(const CardReadings& readings) const {
  std::vector<Match> matches;
  AddMatches(readings.uid, matches);
  for (const CardId& card : readings.possible) AddMatches(card, matches);
  for (const std::string& beginning : readings.beginnings) {
    ForEach(by_start_, beginning, [&](const Person& person) {
      matches.push_back({&person, person.card, false});
    });
    ForEach(by_beginning_, beginning, [&](const Person& person) {
      matches.push_back({&person, CardId(), false});
    });
  }
  return matches;
}

CardOwner CardIndex::OwnerOf(const PresentedCard& card) const {
  if (card.readings.none()) return {.refusal = Refusal::kUnreadableCard};
  const std::vector<Match> matches = MatchesOf(card.readings);
  if (matches.empty()) return Nobody(card.readings);

  const Match& first = matches.front();
  CardOwner owner{
      .person = first.person, .card = first.card, .is_first_of_its_beginning = first.first};
  for (const Match& match : matches) {
    if (match.person != first.person) {
      return {.refusal = Refusal::kAmbiguousCard, .rivals = {first.person, match.person}};
    }
    // Either reading is this person's: which card it is, the text does not say, unless one reading
    // is what it says.
    if (match.card != first.card && first.card != card.readings.uid) {
      owner.card = CardId();
      owner.is_first_of_its_beginning = false;
    }
  }
  return owner;
}

CardOwner CardIndex::Nobody(const CardReadings& readings) const {
  CardOwner nobody{.refusal = Refusal::kUnknownCard, .card = readings.uid};
  const auto look = [&](const CardId& card) {
    const auto replaced = replaced_.find(card.text());
    if (replaced != replaced_.end()) {
      nobody = {.refusal = Refusal::kCardReplaced, .person = replaced->second, .card = card};
    }
    return replaced != replaced_.end();
  };
  if (look(readings.uid) || std::any_of(readings.possible.begin(), readings.possible.end(), look)) {
    return nobody;
  }
  ForEach(by_start_, BeginningOf(readings.uid), [&](const Person& person) {
    if (ReadingsOf(person.NfcId()).BeginsLike(readings.uid)) nobody.rivals.push_back(&person);
  });
  return nobody;
}

const Person* CardIndex::Find(std::string_view spelled) const {
  const std::string text(TrimSpace(spelled));
  for (const One* const index : {&by_spelling_, &by_person_}) {
    if (const auto found = index->find(text); found != index->end()) return found->second;
  }
  return OwnerOf(PresentedCard::Text(text, CardFormat::kAuto)).person;
}

const Person* CardIndex::FindPerson(std::string_view key) const {
  const auto found = by_person_.find(std::string(key));
  return found == by_person_.end() ? nullptr : found->second;
}

}  // namespace tamtap
