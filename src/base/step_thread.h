// StepThread: does bounded pieces of work on a thread of its own, one after the other.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "base/mutex.h"

namespace tamtap {

class StepThread {
 public:
  static constexpr std::chrono::milliseconds kAfterFailure{1'000};

  // Does one piece of work, and returns for how long nothing needs to be done unless somebody calls
  // Wake(). 0: there is more to do. A step that throws (there may be no memory left) is said, and
  // the next one begins after kAfterFailure.
  using Step = std::function<std::chrono::milliseconds()>;

  // `what` it does, for the log: "the sync".
  StepThread(std::string what, Step step);
  ~StepThread();
  // From any thread; never blocks for long.
  void Wake() EXCLUDES(mutex_);
  // Asks it to stop, and waits for that no longer than `timeout`. False: it is still inside a step.
  bool StopWithin(std::chrono::milliseconds timeout) EXCLUDES(mutex_);

 private:
  void Run(std::stop_token stop) EXCLUDES(mutex_);
  std::chrono::milliseconds TakeStep() noexcept;

  const std::string what_;
  const Step step_;
  Mutex mutex_;
  CondVar condition_;
  bool woken_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: stops before the rest goes
};

}  // namespace tamtap
