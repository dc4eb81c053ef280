#include "roster/card_index.h"

#include <algorithm>
#include <set>

#include "base/fnv.h"
#include "base/text.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

uint32_t HashOf(std::string_view key) {
  const uint64_t hash = Fnv1a(key);
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

void CardIndex::VisitKeys(const Person& person, const auto& visit) {
  visit(kPerson, person.person);
  visit(kSpelling, person.NfcId());
  const CardReadings cards = CardsOf(person);
  if (!cards.uid.empty()) visit(kUid, cards.uid.text());
  for (const CardId& card : cards.possible) visit(kPossible, card.text());
  for (const std::string& beginning : cards.beginnings) visit(kBeginning, beginning);
  if (const std::string start = BeginningOf(cards.uid); !start.empty()) visit(kStart, start);
  for (const CardId& card : person.replaced_cards) {
    visit(kReplaced, card.text());
    if (const std::string start = BeginningOf(card); !start.empty()) visit(kReplacedStart, start);
  }
}

CardIndex::CardIndex(People people) : people_(std::move(people)) {
  for (const Kind kind : {kPerson, kSpelling}) tables_[kind].reserve(people_.size());
  for (size_t at = 0; at < people_.size(); ++at) {
    VisitKeys(people_[at], [&](Kind kind, std::string_view key) {
      tables_[kind].push_back({HashOf(key), static_cast<uint32_t>(at)});
    });
  }
  for (Table& table : tables_) {
    std::sort(table.begin(), table.end());
    table.erase(std::unique(table.begin(), table.end()), table.end());
    table.shrink_to_fit();
  }
}

bool CardIndex::Has(const Person& person, Kind kind, std::string_view key) {
  bool has = false;
  VisitKeys(person, [&](Kind of, std::string_view each) { has |= of == kind && each == key; });
  return has;
}

std::vector<const Person*> CardIndex::All(Kind kind, std::string_view key) const {
  std::vector<const Person*> found;
  const uint32_t hash = HashOf(key);
  const Table& table = tables_[kind];
  for (auto each = std::lower_bound(table.begin(), table.end(), Place{hash, 0});
       each != table.end() && each->hash == hash; ++each) {
    const Person& person = people_[each->at];
    if (Has(person, kind, key)) found.push_back(&person);
  }
  return found;
}

const Person* CardIndex::First(Kind kind, std::string_view key) const {
  const auto all = All(kind, key);
  return all.empty() ? nullptr : all.front();
}

// Who certainly has a card has it, whoever else may be meant by a number.
void CardIndex::AddMatches(const CardId& card, std::vector<Match>& matches) const {
  if (card.empty()) return;
  if (const Person* const owner = First(kUid, card.text())) {
    matches.push_back({owner, card, /*first=*/false});
    return;
  }
  for (const Person* const person : All(kPossible, card.text())) {
    matches.push_back({person, card, /*first=*/false});
  }
  for (const Person* const person : All(kBeginning, BeginningOf(card))) {
    matches.push_back({person, card, /*first=*/true});
  }
}

std::vector<CardIndex::Match> CardIndex::MatchesOf(const CardReadings& readings) const {
  std::vector<Match> matches;
  AddMatches(readings.uid, matches);
  for (const CardId& card : readings.possible) AddMatches(card, matches);
  for (const std::string& beginning : readings.beginnings) {
    for (const Person* const person : All(kStart, beginning)) {
      matches.push_back({person, person->card, false});
    }
    for (const Person* const person : All(kBeginning, beginning)) {
      matches.push_back({person, CardId(), false});
    }
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

CardOwner CardIndex::FormerOwner(const CardReadings& readings) const {
  CardOwner owner{.refusal = Refusal::kCardReplaced, .card = readings.uid};
  const auto look = [&](Kind kind, std::string_view key) {
    if (owner.person == nullptr) owner.person = First(kind, key);
    return owner.person != nullptr;
  };
  look(kReplaced, readings.uid.text());
  for (const CardId& card : readings.possible) {
    if (owner.person == nullptr && look(kReplaced, card.text())) owner.card = card;
  }
  // Whoever gave up a card of which three bytes were known had any that begins so.
  const std::string start = BeginningOf(readings.uid);
  if (!start.empty()) look(kReplaced, CutCardOf(start).text());
  for (const std::string& beginning : readings.beginnings) {
    look(kReplaced, CutCardOf(beginning).text()) || look(kReplacedStart, beginning);
  }
  return owner;
}

CardOwner CardIndex::Nobody(const CardReadings& readings) const {
  CardOwner former = FormerOwner(readings);
  if (former.person != nullptr) return former;
  CardOwner nobody{.refusal = Refusal::kUnknownCard, .card = readings.uid};
  for (const Person* const person : All(kStart, BeginningOf(readings.uid))) {
    if (ReadingsOf(person->NfcId()).BeginsLike(readings.uid)) nobody.rivals.push_back(person);
  }
  return nobody;
}

const Person* CardIndex::Find(std::string_view spelled) const {
  const std::string text(TrimSpace(spelled));
  if (const Person* const person = First(kSpelling, text)) return person;
  if (const Person* const person = First(kPerson, text)) return person;
  return OwnerOf(PresentedCard::Text(text, CardFormat::kAuto)).person;
}

const Person* CardIndex::FindPerson(std::string_view key) const { return First(kPerson, key); }

}  // namespace tamtap
