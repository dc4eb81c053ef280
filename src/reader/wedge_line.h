// WedgeLine: what a keyboard-wedge reader types. Such readers are keyboards to the system, and type
// a card's number on one of the layout of the United States, with Enter behind it. Pure; one thread
// at a time.
#pragma once

#include <linux/input.h>

#include <optional>
#include <string>

namespace tamtap {

class WedgeLine {
 public:
  struct Typed {
    std::string text;
    bool lost = false;  // the system dropped keys of it: it may be half a number
  };
  // Takes an event of the keyboard. Returns the line that it ends, if it ends one that is not
  // empty.
  std::optional<Typed> Take(const input_event& event);

 private:
  static constexpr size_t kLongest = 1024;  // a card id has 64 at most; the rest is not kept

  bool shift_ = false;
  Typed typed_;
};

}  // namespace tamtap
