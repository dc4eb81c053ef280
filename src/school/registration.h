// One person at a time, as an office registers them: what a person must have, and whose a card is.
// Lists of people are imported (import_plan.h). Pure functions of values; thread-safe.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "tap/card_spelling.h"
#include "tap/school.h"

namespace tamtap {

// Who has the card that is spelled so, however theirs is spelled; null: nobody.
const Person* OwnerOfCard(std::string_view spelled, const School& school);

// Whether they gave up a card that may be one of these, in whatever spelling.
bool MayHaveReplaced(const Person& person, const CardReadings& cards);

// Brings the texts of a person who was typed in to their one form. kRejected, with a sentence:
// something is missing, or is no text that can be kept.
Result<> TidyTexts(Person& person);

// The same of a new person, who is named by their card. kRejected also if it is none.
Result<> TidyPerson(std::string_view card, Person& person);

// What becomes of a card that was somebody else's, who has another one now: it is lost, unless it
// is said that it came back.
enum class FormerCard { kIsLost, kCameBack };

// People who are registered one after the other, each in little time however many there are. The
// school must not change otherwise meanwhile.
class Registration {
 public:
  explicit Registration(School& school);

  // kRejected: the card is another person's, or was and is lost; the hint names them.
  Result<> Add(Person person, FormerCard former);
  // Puts those who were added into the school, with the next free numbers if they have none.
  void Finish(std::string_view registered);

 private:
  using Places = std::unordered_multimap<std::string, size_t>;

  // Of the school, and behind them of those who are added.
  const Person& At(size_t place) const;
  void Note(size_t place);
  const Person* OwnerOf(const Person& person) const;
  // Those who gave up a card that may be one of these, in whatever spelling.
  std::set<size_t> FormersOf(const CardReadings& cards) const;

  School& school_;
  const size_t first_;  // place of those who are added
  std::vector<Person> added_;
  Places by_spelling_;
  Places by_card_;
  Places by_key_;
  Places by_replaced_card_;  // and by the beginnings of 7-byte cards
};

// The same of one person.
Result<> RegisterPerson(Person person, std::string_view registered, FormerCard former,
                        School& school);

// Gives the person at `place` another card; the one that they had is refused from now on. Returns
// whether anything changed. kRejected: it is no card, or another person's, or was and is lost.
Result<bool> GiveCard(std::string_view card, size_t place, FormerCard former, School& school);

}  // namespace tamtap
