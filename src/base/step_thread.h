// StepThread: does bounded pieces of work on a thread of its own, one after the other.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "base/mutex.h"

namespace tamtap {

class StepThread {
 public:
  // Does one piece of work, and returns for how long nothing needs to be done unless somebody calls
  // Wake(). 0: there is more to do.
  using Step = std::function<std::chrono::milliseconds()>;

  explicit StepThread(Step step);
  ~StepThread();
  // From any thread; never blocks for long.
  void Wake() EXCLUDES(mutex_);
  // Asks it to stop, and waits for that no longer than `timeout`. False: it is still inside a step.
  bool StopWithin(std::chrono::milliseconds timeout) EXCLUDES(mutex_);

 private:
  void Run(std::stop_token stop) EXCLUDES(mutex_);

  const Step step_;
  Mutex mutex_;
  CondVar condition_;
  bool woken_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: stops before the rest goes
};

}  // namespace tamtap
