#include "school/facts.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <limits>
#include <set>

#include "tap/card_spelling.h"
#include "tap/person_cards.h"
#include "tap/same_person.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr std::string_view kNumber = "tamtap_id";

// A fact that changes touch: as it was, and as it would be.
struct Touched {
  std::optional<Fact> before;
  Fact after;
  std::optional<Person> person;  // of `after`, if it is one and present
  std::vector<size_t> changes;   // by index
  std::string refused;           // why; empty: it is taken
};

std::string NameOf(const std::optional<Person>& person, const std::string& key) {
  return person && !person->name.empty() ? person->name : "the person " + key;
}

// One call of ApplyChanges.
class Application {
 public:
  Application(std::span<const SchoolChange> changes, WallTime now, FactTable& table)
      : changes_(changes), now_us_(now.time_since_epoch().count()), table_(table) {}

  Result<std::vector<std::string>> Run() {
    outcomes_.resize(changes_.size());
    for (size_t i = 0; i < changes_.size(); ++i) TAMTAP_RETURN_IF_ERROR(Merge(i));
    for (auto& [key, touched] : touched_) Read(key, touched);
    for (auto& [key, touched] : touched_) TAMTAP_RETURN_IF_ERROR(GiveNumber(key, touched));
    // What is refused goes back to what it was, which may take a card away from another change.
    for (const auto& [key, touched] : touched_) to_check_.insert(key);
    while (!to_check_.empty()) {
      const FactKey key = *to_check_.begin();
      to_check_.erase(to_check_.begin());
      TAMTAP_RETURN_IF_ERROR(CheckCard(key, touched_.find(key)->second));
    }
    for (auto& [key, touched] : touched_) {
      if (!touched.refused.empty()) {
        for (const size_t i : touched.changes) outcomes_[i] = touched.refused;
      } else if (touched.before != touched.after) {
        TAMTAP_RETURN_IF_ERROR(table_.Put(key, touched.after));
      }
      for (const size_t i : touched.changes) {
        TAMTAP_RETURN_IF_ERROR(table_.NoteTaken(changes_[i].id, outcomes_[i]));
      }
    }
    return std::move(outcomes_);
  }

 private:
  Result<> Merge(size_t i) {
    const SchoolChange& change = changes_[i];
    TAMTAP_TRY(const auto taken, table_.Taken(change.id));
    if (taken) {
      outcomes_[i] = *taken;
      return {};
    }
    TAMTAP_TRY(const FactKey key, KeyOf(change));
    TAMTAP_TRY(Touched* const there, Touch(key));
    Touched& touched = *there;
    const Said said = SaidOf(change, touched.after);
    const auto two = TwoOf(change, touched.after);
    if (two && touched.after.present() && !IsSpelledAlike(two->there, two->comes)) {
      return RefuseOther(i, *two);
    }
    touched.changes.push_back(i);
    const bool gone = IsGone(touched.after) && !ComesBack(change, said, touched.after);
    for (const auto& [field, value] : change.fields) {
      // Of somebody who was erased nothing is known but that, and nothing is told again by a word
      // that does not bring them back.
      if (gone && !touched.after.words.contains(field)) continue;
      const auto [word, fresh] = touched.after.words.emplace(field, Word{value, said});
      if (!fresh && word->second.said < said) word->second = {value, said};
    }
    return {};
  }

  static bool SaysPresent(const SchoolChange& change) {
    const auto there = change.fields.find(std::string(kPresent));
    return there != change.fields.end() && there->second == "true";
  }

  static bool IsGone(const Fact& fact) {
    const auto there = fact.words.find(kPresent);
    return there != fact.words.end() && there->second.value == "false";
  }

  static bool ComesBack(const SchoolChange& change, const Said& said, const Fact& fact) {
    return SaysPresent(change) && IsGone(fact) && fact.words.find(kPresent)->second.said < said;
  }

  // A key is that of a person's first card, and theirs for good: what is kept of somebody who left
  // is under it. So whoever is registered with the card of somebody who left has the next key that
  // follows from it (NextPersonKey), and what is said of them by whoever does not know that yet is
  // said of that one. Those who had the card meanwhile, and gave it up, keep theirs too.
  Result<FactKey> KeyOf(const SchoolChange& change) {
    FactKey key = change.fact;
    if (key.kind != FactKind::kPerson) return key;
    const bool registers = SaysPresent(change);
    TAMTAP_TRY(std::optional<Fact> fact, FactOf(key));
    if (!fact || !IsGone(*fact)) return key;
    for (FactKey next = key; fact && (IsGone(*fact) || IsOfWhoGaveItUp(change, *fact));) {
      if (registers && IsGone(*fact) && !IsOfSomebodyElse(change, *fact)) return next;
      next.key = NextPersonKey(next.key);
      TAMTAP_TRY(fact, FactOf(next));
      if (registers || (fact && IsSaidOf(change, *fact))) key = next;
    }
    return key;
  }

  // Whether the fact speaks of somebody who has another card than the one with which the change
  // registers somebody else.
  static bool IsOfWhoGaveItUp(const SchoolChange& change, const Fact& fact) {
    const auto two = TwoOf(change, fact);
    return two && !MayHaveOneCard(two->there, two->comes) &&
           !IsSpelledAlike(two->there, two->comes);
  }

  // However each is spelled, and whatever has been learnt of one of them.
  static bool MayHaveOneCard(const Person& a, const Person& b) {
    const CardReadings cards = CardsOf(b);
    return SpellingKey(a) == SpellingKey(b) || CardKey(a) == CardKey(b) ||
           CardsOf(a).MayBe(cards.uid) || cards.MayBe(CardsOf(a).uid);
  }

  // Whether the change registers somebody else than the person who left of whom the fact speaks. A
  // gate that says so of a moment before they left means them, if its name is nearly theirs.
  bool IsOfSomebodyElse(const SchoolChange& change, const Fact& fact) const {
    const auto two = TwoOf(change, fact);
    const int64_t at_us = change.said.at_us == 0 ? std::numeric_limits<int64_t>::max()
                                                 : std::min(change.said.at_us, now_us_);
    if (!two) return false;
    return ComesBack(change, {at_us, change.said.by}, fact)
               ? !HaveOneName(two->there, two->comes)
               : !IsSpelledAlike(two->there, two->comes);
  }

  // Whether a gate says it of whoever was registered with the card of somebody who left: after
  // that, and as one that registered them too. One that has not heard of them means the other.
  static bool IsSaidOf(const SchoolChange& change, const Fact& fact) {
    const auto there = fact.words.find(kPresent);
    return there != fact.words.end() && there->second.said.at_us <= change.said.at_us &&
           std::any_of(fact.words.begin(), fact.words.end(),
                       [&](const auto& word) { return word.second.said.by == change.said.by; });
  }

  // As the changes until now leave it.
  Result<std::optional<Fact>> FactOf(const FactKey& key) {
    const auto there = touched_.find(key);
    if (there != touched_.end()) return std::optional(there->second.after);
    return table_.Find(key);
  }

  Result<Touched*> Touch(const FactKey& key) {
    auto there = touched_.find(key);
    if (there == touched_.end()) {
      TAMTAP_TRY(auto before, table_.Find(key));
      Touched touched;
      touched.after = before.value_or(Fact());
      touched.before = std::move(before);
      there = touched_.emplace(key, std::move(touched)).first;
    }
    return &there->second;
  }

  // Two people may be registered with one card at gates that know nothing of each other. Returns of
  // whom the fact speaks, and whom the change registers; none if it registers nobody, or the fact
  // speaks of nobody.
  struct Two {
    Person there;
    Person comes;
  };
  static std::optional<Two> TwoOf(const SchoolChange& change, const Fact& fact) {
    if (change.fact.kind != FactKind::kPerson || fact.words.empty() || !SaysPresent(change)) {
      return std::nullopt;
    }
    Fact before = fact;
    before.words[std::string(kPresent)] = {"true", {}};
    Fact after;
    for (const auto& [field, value] : change.fields) after.words.emplace(field, Word{value, {}});
    auto there = PersonOf(change.fact.key, before);
    auto comes = PersonOf(change.fact.key, after);
    if (!there || !comes || there->name.empty() || comes->name.empty()) return std::nullopt;
    return Two{*std::move(there), *std::move(comes)};
  }

  Result<> RefuseOther(size_t i, const Two& two) {
    outcomes_[i] = fmt::format("the card {} of {} belongs to {}", two.comes.NfcId(), two.comes.name,
                               two.there.name);
    return table_.NoteTaken(changes_[i].id, outcomes_[i]);
  }

  // A clock that is ahead must not make its gate's word the last one for good. It stays later than
  // what that gate said before, and what was at a server whose clock is ahead of this one's.
  Said SaidOf(const SchoolChange& change, const Fact& fact) {
    int64_t at_us = std::min(change.said.at_us, now_us_);
    if (change.said.at_us == 0) {
      at_us = now_us_;
      for (const auto& [field, word] : fact.words) at_us = std::max(at_us, word.said.at_us + 1);
    } else if (change.said.at_us > now_us_) {
      int64_t& last_us = capped_[change.said.by];
      at_us = std::max(at_us, last_us + 1);
      for (const auto& [field, word] : fact.words) {
        if (word.said.at_us < change.said.at_us) at_us = std::max(at_us, word.said.at_us + 1);
      }
      last_us = at_us;
    }
    return {at_us, change.said.by};
  }

  // Whether it describes such a thing, and which person it is.
  void Read(const FactKey& key, Touched& touched) {
    School alone;
    if (const auto put = PutFact(key, touched.after.Fields(), alone); !put) {
      Refuse(key, touched, put.error().Message());
    } else if (!alone.people.empty()) {
      SetPerson(key, touched, std::move(alone.people.front()));
    }
  }

  // Keeps the indexes of cards and numbers.
  void SetPerson(const FactKey& key, Touched& touched, std::optional<Person> person) {
    if (touched.person) {
      by_card_[CardKey(*touched.person)].erase(key);
      by_number_[touched.person->tamtap_id].erase(key);
    }
    touched.person = std::move(person);
    if (touched.person) {
      by_card_[CardKey(*touched.person)].insert(key);
      by_number_[touched.person->tamtap_id].insert(key);
    }
  }

  void Refuse(const FactKey& key, Touched& touched, std::string why) {
    touched.refused = std::move(why);
    touched.after = touched.before.value_or(Fact());
    SetPerson(key, touched, PersonOf(key.key, touched.after));
    if (!touched.person) return;
    const std::set<FactKey>& others = by_card_[CardKey(*touched.person)];
    to_check_.insert(others.begin(), others.end());
  }

  // Only a person who was not there before gets a number; whose it is stays theirs.
  Result<> GiveNumber(const FactKey& key, Touched& touched) {
    if (!touched.person || !touched.refused.empty()) return {};
    const std::string before = NumberBefore(touched);
    const std::string now = touched.person->tamtap_id;
    if (!before.empty() && IsThere(touched)) {
      if (now == before) return {};  // existing databases may have two people of one number
      if (now.empty()) {             // nobody loses theirs
        Person person = *touched.person;
        person.tamtap_id = before;
        SetPerson(key, touched, std::move(person));
        touched.after.words[std::string(kNumber)] = touched.before->words.find(kNumber)->second;
        return {};
      }
      TAMTAP_TRY(const bool free, IsNumberFree(key.key, now));
      if (!free) {
        Refuse(key, touched,
               fmt::format("the number {} of {} is somebody else's", now,
                           NameOf(touched.person, key.key)));
      }
      return {};
    }
    // Who comes back gets their number back, if nobody has it now.
    std::string number;
    for (const std::string& wanted : {before, now}) {
      TAMTAP_TRY(const bool free, IsNumberFree(key.key, wanted));
      if (number.empty() && free) number = wanted;
    }
    if (number.empty()) {
      TAMTAP_TRY(number, NextNumber());
    }
    if (number == now) return {};
    Person person = *touched.person;
    person.tamtap_id = number;
    SetPerson(key, touched, std::move(person));
    Word& word = touched.after.words[std::string(kNumber)];
    word = {json::serialize(json::value(number)),
            std::max(word.said, touched.after.words.find(kPresent)->second.said)};
    return {};
  }

  static bool IsThere(const Touched& touched) {
    return touched.before && touched.before->present();
  }

  static std::string NumberBefore(const Touched& touched) {
    if (!touched.before) return {};
    const auto word = touched.before->words.find(kNumber);
    if (word == touched.before->words.end()) return {};
    boost::system::error_code failed;
    const json::value value = json::parse(word->second.value, failed);
    return failed || !value.is_string() ? std::string() : std::string(value.get_string());
  }

  Result<bool> IsNumberFree(const std::string& person, const std::string& number) {
    if (number.empty()) return false;
    for (const FactKey& key : by_number_[number]) {
      const Touched& touched = touched_.find(key)->second;
      // Whose it was keeps it, else the first in this call.
      if (key.key != person &&
          (key.key < person || (IsThere(touched) && NumberBefore(touched) == number))) {
        return false;
      }
    }
    TAMTAP_TRY(const auto owners, table_.OwnersOfNumber(number));
    return std::none_of(owners.begin(), owners.end(), [&](const std::string& owner) {
      return owner != person && !touched_.contains({FactKind::kPerson, owner});
    });
  }

  Result<std::string> NextNumber() {
    if (!next_number_) {
      TAMTAP_TRY(const uint64_t largest, table_.LargestNumber());
      next_number_ = largest + 1;
      for (const auto& [key, touched] : touched_) {
        if (!touched.person) continue;
        uint64_t number = 0;
        const std::string& text = touched.person->tamtap_id;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size()) continue;
        next_number_ = std::max(*next_number_, number + 1);
      }
    }
    return fmt::format("{:03}", (*next_number_)++);
  }

  Result<> CheckCard(const FactKey& key, Touched& touched) {
    if (!touched.person || !touched.refused.empty()) return {};
    TAMTAP_TRY(const std::string other, OtherOwner(key.key, touched));
    if (!other.empty()) {
      Refuse(key, touched,
             fmt::format("the card {} of {} belongs to {}", touched.person->NfcId(),
                         NameOf(touched.person, key.key), other));
    }
    return {};
  }

  // The name of somebody else who has this person's card; empty: nobody has.
  Result<std::string> OtherOwner(const std::string& person, const Touched& touched) {
    const std::string& card = CardKey(*touched.person);
    for (const FactKey& key : by_card_[card]) {
      const Touched& each = touched_.find(key)->second;
      if (key.key == person) continue;
      // Of two in one call, who had it keeps it; else the first of them.
      const bool theirs =
          HadCard(key.key, each, card) || (!HadCard(person, touched, card) && key.key < person);
      if (theirs || !each.refused.empty()) return NameOf(each.person, key.key);
    }
    TAMTAP_TRY(const auto owners, table_.OwnersOfCard(card));
    for (const std::string& owner : owners) {
      const FactKey key{FactKind::kPerson, owner};
      if (owner == person || touched_.contains(key)) continue;
      TAMTAP_TRY(const auto fact, table_.Find(key));
      return NameOf(fact ? PersonOf(owner, *fact) : std::nullopt, owner);
    }
    return std::string();
  }

  static bool HadCard(const std::string& person, const Touched& touched, const std::string& card) {
    const auto before = touched.before ? PersonOf(person, *touched.before) : std::nullopt;
    return before && CardKey(*before) == card;
  }

  const std::span<const SchoolChange> changes_;
  const int64_t now_us_;
  FactTable& table_;
  std::vector<std::string> outcomes_;
  std::map<FactKey, Touched> touched_;
  std::map<std::string, std::set<FactKey>> by_card_;  // of what is touched
  std::map<std::string, std::set<FactKey>> by_number_;
  std::set<FactKey> to_check_;             // whose cards may be somebody else's
  std::map<std::string, int64_t> capped_;  // the last capped time of each author
  std::optional<uint64_t> next_number_;
};

}  // namespace

const std::string& CardKey(const Person& person) {
  return person.card.empty() ? person.nfc_id : person.card.text();
}

std::optional<Person> PersonOf(const std::string& key, const Fact& fact) {
  School alone;
  if (!PutFact({FactKind::kPerson, key}, fact.Fields(), alone) || alone.people.empty()) {
    return std::nullopt;
  }
  return std::move(alone.people.front());
}

FactFields Fact::Fields() const {
  FactFields fields;
  for (const auto& [field, word] : words) fields.emplace(field, word.value);
  return fields;
}

bool Fact::present() const {
  const auto there = words.find(kPresent);
  return there != words.end() && there->second.value == "true";
}

json::object ToJson(const Fact& fact) {
  json::object object;
  for (const auto& [field, word] : fact.words) {
    boost::system::error_code failed;
    object.emplace(field,
                   json::array{json::parse(word.value, failed), word.said.at_us, word.said.by});
  }
  return object;
}

Result<Fact> FactFromJson(const json::value& value) {
  const Error unreadable{ErrorCode::kCorrupt, "read a fact of the school", 0, {}};
  if (!value.is_object()) return unreadable;
  Fact fact;
  for (const auto& [field, held] : value.get_object()) {
    const json::array* const word = held.if_array();
    if (word == nullptr || word->size() != 3 || !(*word)[1].is_int64() || !(*word)[2].is_string()) {
      return unreadable;
    }
    fact.words.emplace(field, Word{json::serialize((*word)[0]),
                                   {(*word)[1].get_int64(), std::string((*word)[2].get_string())}});
  }
  return fact;
}

Result<std::vector<std::string>> ApplyChanges(std::span<const SchoolChange> changes, WallTime now,
                                              FactTable& table) {
  return Application(changes, now, table).Run();
}

}  // namespace tamtap
