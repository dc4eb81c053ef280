// Which cards are a person's. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tap/card_spelling.h"
#include "tap/school.h"

namespace tamtap {

// Gives `person` the card that the school spells so. `known` is its UID where more is known than
// the spelling says: a 7-byte card that was registered by its first three bytes, and has come.
void SpellCard(std::string_view spelled, const CardId& known, Person& person);

// Equal for two people whose card is the same, however it is spelled.
std::string SpellingKey(const Person& person);

// What they may tap with: `card` alone where that is known, else all that the spelling may mean.
CardReadings CardsOf(const Person& person);

// Whether they had exactly that card, and have another one now.
bool HasReplaced(const Person& person, const CardId& card);

// Whether that card is theirs, may be, or was. For judging what others say of them.
bool CouldBeTheirs(const Person& person, const CardId& card);

// Gives them another card. Those that they had are refused at the gates from now on.
void ReplaceCard(std::string_view spelled, Person& person);

}  // namespace tamtap
