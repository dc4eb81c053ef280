// AppendTimes: how long the last taps took to become durable, which is how long a person waited for
// the disk. Thread-safe; Note() allocates nothing.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "base/mutex.h"

namespace tamtap {

class AppendTimes {
 public:
  static constexpr size_t kKept = 512;

  void Note(std::chrono::microseconds took) EXCLUDES(mutex_);

  struct Quantiles {
    size_t taps = 0;  // how many taps these are of, at most kKept; 0: the times mean nothing
    std::chrono::microseconds median{};
    std::chrono::microseconds p99{};  // one in a hundred took longer
  };
  Quantiles Look() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::array<std::chrono::microseconds, kKept> times_ GUARDED_BY(mutex_){};
  size_t noted_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tamtap
