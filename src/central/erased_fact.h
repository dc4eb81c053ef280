// What the facts of a school say of somebody who was erased.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "school/facts.h"

namespace tamtap::central {

// The word that nobody is there, later than all that was said before, and nothing else.
inline Fact ErasedFact(const std::optional<Fact>& before, std::string_view by, WallTime now) {
  int64_t at_us = now.time_since_epoch().count();
  if (before) {
    for (const auto& [field, word] : before->words) at_us = std::max(at_us, word.said.at_us + 1);
  }
  Fact erased;
  erased.words.emplace(kPresent, Word{"false", {at_us, std::string(by)}});
  return erased;
}

// Whether the fact speaks of somebody who was there before that instant, and was not erased then:
// of whoever was, ErasedFact leaves nothing older. A card of theirs may be another one's key.
inline bool IsOfAnother(const Fact& fact, int64_t erased_at_us) {
  return std::any_of(fact.words.begin(), fact.words.end(), [erased_at_us](const auto& word) {
    return word.second.said.at_us < erased_at_us;
  });
}

// The person whom the fact describes, or described before they left; the key alone if it says
// nothing of them any more.
inline Person LastKnown(const std::string& key, Fact fact) {
  fact.words.insert_or_assign(std::string(kPresent), Word{"true", {}});
  if (auto person = PersonOf(key, fact)) return *std::move(person);
  Person nobody;
  nobody.person = key;
  return nobody;
}

}  // namespace tamtap::central
