// DirectoryWatch: tells when files are put into directories (inotify). It is an optimisation: a
// change that it misses is seen at the next look.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/descriptor.h"

namespace tamtap {

class DirectoryWatch {
 public:
  // Directories that can't be watched are looked at on time-outs alone.
  explicit DirectoryWatch(const std::vector<std::string>& directories);
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  // Returns when something was put there, Interrupt() was called, or the time is over.
  void Wait(std::chrono::milliseconds timeout);
  void Interrupt();  // from any thread; the next Wait returns at once too

 private:
  const Descriptor inotify_;
  const Descriptor interrupt_;
};

}  // namespace tamtap
