#include "tap/person_cards.h"

#include <algorithm>

#include "base/text.h"

namespace tamtap {

void SpellCard(std::string_view spelled, const CardId& known, Person& person) {
  person.nfc_id = TrimSpace(spelled);
  person.card = known.empty() ? ReadingsOf(person.nfc_id).uid : known;
  if (person.nfc_id == person.card.text()) person.nfc_id.clear();
}

std::string SpellingKey(const Person& person) { return PersonKeyOf(person.NfcId()); }

CardReadings CardsOf(const Person& person) {
  CardReadings readings = ReadingsOf(person.NfcId());
  if (person.card.empty() || person.card == readings.uid) return readings;
  return {.uid = person.card, .possible = {}, .beginnings = {}};
}

bool HasReplaced(const Person& person, const CardId& card) {
  const auto& replaced = person.replaced_cards;
  return std::find(replaced.begin(), replaced.end(), card) != replaced.end();
}

bool CouldBeTheirs(const Person& person, const CardId& card) {
  const std::string beginning = BeginningOf(card);
  return CardsOf(person).MayBe(card) || ReadingsOf(person.NfcId()).BeginsLike(card) ||
         HasReplaced(person, card) ||
         (!beginning.empty() && HasReplaced(person, CutCardOf(beginning)));
}

void ReplaceCard(std::string_view spelled, Person& person) {
  const CardReadings before = CardsOf(person);
  SpellCard(spelled, CardId(), person);
  auto& replaced = person.replaced_cards;
  const auto add = [&](const CardId& card) {
    const bool known = std::find(replaced.begin(), replaced.end(), card) != replaced.end();
    if (!card.empty() && !known) replaced.push_back(card);
  };
  add(before.uid);
  if (before.uid.empty()) {
    for (const CardId& card : before.possible) add(card);
    for (const std::string& beginning : before.beginnings) add(CutCardOf(beginning));
  }
  const CardReadings now = CardsOf(person);
  std::erase_if(replaced, [&](const CardId& card) { return now.MayBe(card); });
}

}  // namespace tamtap
