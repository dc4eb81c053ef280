// StopSignal: waits for SIGINT or SIGTERM. Make one before any other thread starts, because it
// blocks these signals for the threads that start after it.
#pragma once

#include <chrono>

#include "base/descriptor.h"

namespace tamtap::cli {

class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Returns when a signal came or Raise() was called.
  void Wait();
  // The same, but no longer than that. Returns whether it came.
  bool WaitFor(std::chrono::milliseconds timeout);
  void Raise();  // from any thread

 private:
  Descriptor signals_;
  Descriptor raised_;
};

}  // namespace tamtap::cli
