// Whether a battery keeps this machine's clock while it is off, as far as the machine tells. Why it
// is asked: docs/decisions/0013-which-clock-is-believed.md.
#pragma once

#include <string>

#include "base/clock.h"

namespace tamtap {

enum class BatteryClock {
  kThere,    // a real-time clock, and it agrees with what the system shows
  kAssumed,  // none to be seen, but this is no small board: a PC, a virtual machine or a container,
             // whose clock comes from the machine around it
  kNone,     // a small board without one, or one that has lost the time, or whose battery is empty
};

// `root` is "/", or in tests a directory with sys/ and proc/ below it. This reads a few small
// files, so it is not to be called for every tap.
BatteryClock FindBatteryClock(WallTime now, const std::string& root = "/");

// The same in one sentence for people.
std::string Describe(BatteryClock found);

}  // namespace tamtap
