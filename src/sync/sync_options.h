// How often and how much the sync asks of its store.
#pragma once

#include <chrono>
#include <cstddef>

namespace tamtap {

struct SyncOptions {
  size_t batch = 500;                            // most records a call, on a link that bears it
  std::chrono::milliseconds idle{10'000};        // a lost wake costs at most this
  std::chrono::milliseconds probe{800};          // how often an unreachable store is looked for
  std::chrono::milliseconds first_backoff{250};  // doubles with each failure in a row
  std::chrono::milliseconds longest_backoff{60'000};
  // After a failure of what is not taps, at a store that answers.
  std::chrono::milliseconds again{5'000};
  std::chrono::milliseconds school_interval{60'000};  // between pulls of the school's facts
  // Between pulls of who has tapped at other gates; also on each new contact and each new day.
  std::chrono::milliseconds arrivals_interval{600'000};
};

}  // namespace tamtap
