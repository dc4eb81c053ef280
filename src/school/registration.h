// One person at a time, as an office registers them: what a person must have, and whose a card is.
// Lists of people are imported (import_plan.h). Pure functions of values; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

// Who has the card that is spelled so, however theirs is spelled; null: nobody.
const Person* OwnerOfCard(std::string_view spelled, const School& school);

// Brings the texts of a person who was typed in to their one form. kRejected, with a sentence:
// something is missing, or is no text that can be kept.
Result<> TidyTexts(Person& person);

// The same of a new person, who is named by their card. kRejected also if it is none.
Result<> TidyPerson(std::string_view card, Person& person);

// Adds that person, with the next free number if they have none. kRejected: the card is another
// person's, or was; the hint names them.
Result<> RegisterPerson(const Person& person, std::string_view registered, School& school);

// Gives the person at `place` another card; the one that they had is refused from now on. Returns
// whether anything changed. kRejected: it is no card, or another person's.
Result<bool> GiveCard(std::string_view card, size_t place, School& school);

}  // namespace tamtap
