#include "terminal/append_times.h"

#include <algorithm>

namespace tamtap {

void AppendTimes::Note(std::chrono::microseconds took) {
  MutexLock lock(mutex_);
  times_[noted_++ % kKept] = took;
}

AppendTimes::Quantiles AppendTimes::Look() {
  std::array<std::chrono::microseconds, kKept> times{};
  Quantiles seen;
  {
    MutexLock lock(mutex_);
    times = times_;
    seen.taps = std::min(noted_, kKept);
  }
  if (seen.taps == 0) return seen;
  const auto end = times.begin() + static_cast<std::ptrdiff_t>(seen.taps);
  std::sort(times.begin(), end);
  seen.median = times[(seen.taps - 1) / 2];
  seen.p99 = times[(seen.taps - 1) * 99 / 100];
  return seen;
}

}  // namespace tamtap
