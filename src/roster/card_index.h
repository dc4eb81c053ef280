// CardIndex: whose card is this? It knows all cards of one list of people, in every spelling that a
// school may have given them (tap/card_spelling.h). Immutable: any thread may ask.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tap/presented_card.h"
#include "tap/school.h"
#include "tap/verdict.h"

namespace tamtap {

struct CardOwner {
  // kNone, kUnknownCard, kUnreadableCard, kCardReplaced or kAmbiguousCard.
  Refusal refusal = Refusal::kNone;
  const Person* person = nullptr;  // null: unknown. Also of a card that was replaced
  CardId card{};                   // empty: the reader did not say its whole UID
  // The person was registered by the first three bytes of a 7-byte card, and this is the first card
  // that begins so: it is theirs from now on (RosterHolder::Bind).
  bool is_first_of_its_beginning = false;
  // Those whose card it may be but is not: the two whom an ambiguous text may mean, or whoever has
  // another card of that beginning.
  std::vector<const Person*> rivals{};
};

class CardIndex {
 public:
  // `people` must outlive the index, and stay as they are.
  explicit CardIndex(const std::vector<Person>& people);

  CardOwner OwnerOf(const PresentedCard& card) const;
  // By an id as somebody writes it: the school's spelling, the person's key, or any other spelling
  // of a card that is or was theirs. Null: nobody, or several.
  const Person* Find(std::string_view spelled) const;
  const Person* FindPerson(std::string_view key) const;  // null: nobody
  // Whether somebody is known by the beginning of a card only.
  bool WaitsForCards() const { return !by_beginning_.empty(); }

 private:
  struct Match {
    const Person* person;
    CardId card;
    bool first;
  };
  using One = std::unordered_map<std::string, const Person*>;
  using Several = std::unordered_map<std::string, std::vector<const Person*>>;

  void AddMatches(const CardId& card, std::vector<Match>& matches) const;
  std::vector<Match> MatchesOf(const CardReadings& readings) const;
  CardOwner Nobody(const CardReadings& readings) const;

  One by_person_;
  One by_spelling_;
  One by_uid_;            // whose card it certainly is
  Several by_possible_;   // whose it may be, by a number without a check byte
  Several by_beginning_;  // "04A3C6": those of whom no more is known
  Several by_start_;      // "04A3C6": those whose 7-byte card begins so
  One replaced_;
};

}  // namespace tamtap
