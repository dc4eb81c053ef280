#include "device/pause.h"

#include <algorithm>

namespace tamtap {

void PauseUnlessStopped(Clock& clock, const std::stop_token& stop,
                        std::chrono::milliseconds pause) {
  for (; pause > pause.zero() && !stop.stop_requested(); pause -= kStopCheck) {
    clock.SleepFor(std::min(pause, kStopCheck));
  }
}

}  // namespace tamtap
