// SchoolWords: what was said of the school in a life, at the office and at the gates, and what may
// have become of it in the end. It knows the true time of each word, as no program of the life
// does.
//
// The rule, for each field: the office's last word holds, unless a gate said something later. Of
// what gates said later, the last word of a clock that was right holds; a word of a doubtful clock
// may count as earlier than it was, or as later. No older word ever holds again.
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
  enum class Speaker { kOffice, kGate, kGateInDoubt };
  // Words that are said one after the other, by the world's time.
  void Said(Speaker speaker, std::span<const SchoolChange> changes);
  void Check(const std::map<FactKey, Fact>& facts,
             const std::function<void(const std::string& what)>& fail) const;

 private:
  struct Word {
    Speaker speaker;
    std::string value;
  };
  using Field = std::pair<FactKey, std::string>;
  std::map<Field, std::vector<Word>> words_;
};

}  // namespace tamtap::sim
