// SaidOnce: trouble with a device is said once, and again when something else is wrong with it, not
// each time that it is looked for. One thread at a time.
#pragma once

#include <string>
#include <utility>

namespace tamtap {

class SaidOnce {
 public:
  // Whether this is to be said: it is not what was said last.
  bool Begins(const std::string& trouble) { return std::exchange(said_, trouble) != trouble; }
  // Whether there was any; it is over.
  bool Ends() { return !std::exchange(said_, "").empty(); }

 private:
  std::string said_;
};

}  // namespace tamtap
