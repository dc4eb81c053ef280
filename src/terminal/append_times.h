// AppendTimes: how long the last taps took to become durable, which is what a person waits for the
// disk. Thread-safe; noting one allocates nothing.
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
    size_t taps = 0;                          // that these are of; at most kKept
    std::chrono::microseconds half{};         // as many took longer as did not
    std::chrono::microseconds ninety_nine{};  // one in a hundred took longer
  };
  Quantiles Look() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::array<std::chrono::microseconds, kKept> times_ GUARDED_BY(mutex_){};
  size_t noted_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tamtap
