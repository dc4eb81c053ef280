#include "sim/school_words.h"

#include <fmt/core.h>

#include <algorithm>
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

void SchoolWords::Check(const std::map<FactKey, Fact>& facts,
                        const std::function<void(const std::string& what)>& fail) const {
  for (const auto& [field, words] : words_) {
    const auto fact = facts.find(field.first);
    if (fact == facts.end() || !fact->second.words.contains(field.second)) {
      fail(fmt::format("nobody knows what was said of '{}' of {}", field.second, field.first.key));
      continue;
    }
    const tamtap::Word& held = fact->second.words.find(field.second)->second;
    // What may hold, from the office's last word on.
    std::set<std::string> may_hold;
    for (const Word& word : words) {
      if (word.speaker == Speaker::kOffice) may_hold.clear();
      if (word.speaker == Speaker::kGate) {
        // It is later than all before it that a right clock has dated; the doubtful ones stay.
        std::erase_if(may_hold, [&](const std::string& value) {
          return std::none_of(words.begin(), words.end(), [&](const Word& each) {
            return each.value == value && each.speaker == Speaker::kGateInDoubt;
          });
        });
      }
      may_hold.insert(word.value);
    }
    if (!may_hold.contains(held.value)) {
      fail(fmt::format("'{}' of {} is {}, said by {}, though something else was said later",
                       field.second, field.first.key, held.value, held.said.by));
    }
  }
}

}  // namespace tamtap::sim
