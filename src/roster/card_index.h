// CardIndex: whose card is this? It knows all cards of one list of people, in every spelling that a
// school may have given them (tap/card_spelling.h). Immutable: any thread may ask.
//
// It costs 8 bytes a spelling: no text is held twice. A table says at which places of the list the
// people stand whose spelling has a hash, and their own texts say whether it is theirs.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
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
  // The people are shared with whoever else has the list, and are as long there as the index.
  explicit CardIndex(People people);

  CardOwner OwnerOf(const PresentedCard& card) const;
  // By an id as somebody writes it: the school's spelling, the person's key, or any other spelling
  // of a card that is or was theirs. Null: nobody, or several.
  const Person* Find(std::string_view spelled) const;
  const Person* FindPerson(std::string_view key) const;  // null: nobody
  // Whether somebody is known by the beginning of a card only.
  bool WaitsForCards() const { return !tables_[kBeginning].empty(); }

 private:
  struct Match {
    const Person* person;
    CardId card;
    bool first;
  };
  // By what a person is found.
  enum Kind : size_t {
    kPerson,
    kSpelling,
    kUid,        // whose card it certainly is
    kPossible,   // whose it may be, by a number without a check byte
    kBeginning,  // "04A3C6": those of whom no more is known
    kStart,      // "04A3C6": those whose 7-byte card begins so
    kReplaced,
    kReplacedStart,  // "04A3C6": those who had a 7-byte card that begins so
    kKinds
  };
  struct Place {
    uint32_t hash;
    uint32_t at;  // in people_
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  using Table = std::vector<Place>;  // sorted

  // Calls `visit(kind, key)` for each key by which that person is found.
  static void VisitKeys(const Person& person, const auto& visit);
  static bool Has(const Person& person, Kind kind, std::string_view key);
  // Those who have that key, in the order of the list.
  std::vector<const Person*> All(Kind kind, std::string_view key) const;
  const Person* First(Kind kind, std::string_view key) const;

  void AddMatches(const CardId& card, std::vector<Match>& matches) const;
  std::vector<Match> MatchesOf(const CardReadings& readings) const;
  CardOwner FormerOwner(const CardReadings& readings) const;  // person null: nobody's
  CardOwner Nobody(const CardReadings& readings) const;

  const People people_;
  std::array<Table, kKinds> tables_;
};

}  // namespace tamtap
