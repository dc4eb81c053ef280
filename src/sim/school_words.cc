#include "sim/school_words.h"

#include <fmt/core.h>

#include <set>

namespace tamtap::sim {

void SchoolWords::Said(Speaker speaker, std::span<const SchoolChange> changes) {
  for (const SchoolChange& change : changes) {
    for (const auto& [field, value] : change.fields) {
      if (field == "tamtap_id") continue;  // of which the master has the last word
      words_[{change.fact, field}].push_back({speaker, value});
    }
  }
}

void SchoolWords::PutBack() {
  for (auto& [field, words] : words_) {
    for (Word& word : words) word.may_be_lost = true;
  }
}

void SchoolWords::Check(const std::map<FactKey, Fact>& facts,
                        const std::function<void(const std::string& what)>& fail) const {
  for (const auto& [field, words] : words_) {
    const auto fact = facts.find(field.first);
    if (fact == facts.end() || !fact->second.words.contains(field.second)) {
      if (words.back().may_be_lost) continue;
      fail(fmt::format("nobody knows what was said of '{}' of {}", field.second, field.first.key));
      continue;
    }
    const tamtap::Word& held = fact->second.words.find(field.second)->second;
    std::set<std::string> may_hold;
    std::set<std::string> ahead;
    for (const Word& word : words) {
      const bool known = word.speaker == Speaker::kOffice || word.speaker == Speaker::kGate;
      if (known && !word.may_be_lost) may_hold = ahead;
      if (word.speaker == Speaker::kGateAhead) ahead.insert(word.value);
      may_hold.insert(word.value);
    }
    if (!may_hold.contains(held.value)) {
      fail(fmt::format("'{}' of {} is {}, said by {}, though something else was said later",
                       field.second, field.first.key, held.value, held.said.by));
    }
  }
}

}  // namespace tamtap::sim
