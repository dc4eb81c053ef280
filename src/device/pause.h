// A pause of a thread that can be asked to stop.
#pragma once

#include <chrono>
#include <stop_token>

#include "base/clock.h"

namespace tamtap {

// A longer pause is slept in pieces of this length, so that a stop is not kept waiting.
inline constexpr std::chrono::milliseconds kStopCheck{50};

void PauseUnlessStopped(Clock& clock, const std::stop_token& stop, std::chrono::milliseconds pause);

}  // namespace tamtap
