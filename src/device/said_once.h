// SaidOnce: trouble with a device is said once, and again when something else is wrong with it, not
// each time that it is looked for. One thread at a time.
#pragma once

#include <atomic>
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

// The same, of which any thread may ask whether there is trouble now.
class LastingTrouble {
 public:
  bool Begins(const std::string& trouble) {
    lasts_ = true;
    return said_.Begins(trouble);
  }
  bool Ends() {
    lasts_ = false;
    return said_.Ends();
  }
  bool Lasts() const { return lasts_; }

 private:
  SaidOnce said_;
  std::atomic<bool> lasts_ = false;
};

}  // namespace tamtap
