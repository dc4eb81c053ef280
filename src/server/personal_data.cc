#include "server/personal_data.h"

#include <algorithm>

namespace tamtap {

PersonNames NamesOf(const Person& person) {
  PersonNames names;
  names.person = person.person;
  const auto add = [&names](const std::string& card) {
    const bool known = card.empty() || card == names.person ||
                       std::find(names.cards.begin(), names.cards.end(), card) != names.cards.end();
    if (!known) names.cards.push_back(card);
  };
  add(person.card.text());
  add(person.nfc_id);
  for (const CardId& card : person.replaced_cards) add(card.text());
  // The first card may be read again although the key does not say so.
  names.cards.push_back(names.person);
  return names;
}

}  // namespace tamtap
