// SchoolWords: what was said of the school in a life, at the office and at the gates, and what may
// have become of it in the end. It knows the true time of each word, as no program of the life
// does.
//
// The rule, for each field: no word holds against one that was said later. A word of a gate whose
// clock was behind may count as earlier than it was, and be lost to a word before it; one of a
// clock that was ahead, though somebody vouched for it, may hold against a later one.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "school/facts.h"

namespace tamtap::sim {

class SchoolWords {
 public:
  enum class Speaker { kOffice, kGate, kGateBehind, kGateAhead };
  // Words that are said one after the other, by the world's time.
  void Said(Speaker speaker, std::span<const SchoolChange> changes);
  // An older copy of the master was put back. Which of the words so far it knew is not looked at:
  // none of them has to hold from now on.
  void PutBack();
  void Check(const std::map<FactKey, Fact>& facts,
             const std::function<void(const std::string& what)>& fail) const;

 private:
  struct Word {
    Speaker speaker;
    std::string value;
    bool may_be_lost = false;  // with the master that knew it
  };
  using Field = std::pair<FactKey, std::string>;
  std::map<Field, std::vector<Word>> words_;
};

}  // namespace tamtap::sim
