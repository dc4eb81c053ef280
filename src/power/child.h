// A program that this one starts and waits for.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tamtap {

// Runs the program (found by PATH) with its arguments and returns its exit status. It reads
// nothing; what it prints is dropped. Errors: kMisconfigured: there is no such program; kRetry: it
// was killed, or took longer than `patience` and was killed with all that it started; kClosed: the
// same, because a stop was asked for.
Result<int> RunToEnd(const std::vector<std::string>& words, std::chrono::milliseconds patience,
                     const std::stop_token& stop, Clock& clock);

}  // namespace tamtap
