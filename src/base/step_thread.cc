#include "base/step_thread.h"

#include <utility>

#include "base/log.h"

namespace tamtap {

using std::chrono::milliseconds;

StepThread::StepThread(std::string what, Step step)
    : what_(std::move(what)),
      step_(std::move(step)),
      thread_([this](std::stop_token stop) { Run(stop); }) {}

StepThread::~StepThread() {
  {
    MutexLock lock(mutex_);
    thread_.request_stop();
  }
  condition_.NotifyAll();
}

void StepThread::Wake() {
  MutexLock lock(mutex_);
  woken_ = true;
  condition_.NotifyOne();
}

bool StepThread::StopWithin(milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  MutexLock lock(mutex_);
  thread_.request_stop();
  condition_.NotifyAll();
  while (!finished_) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    condition_.WaitFor(mutex_, left);
  }
  return true;
}

milliseconds StepThread::TakeStep() noexcept {
  try {
    return step_();
  } catch (const std::exception& error) {
    LogFailure(what_, error);
    return kAfterFailure;
  }
}

void StepThread::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const milliseconds pause = TakeStep();
    MutexLock lock(mutex_);
    if (pause > milliseconds(0) && !woken_ && !stop.stop_requested()) {
      condition_.WaitFor(mutex_, pause);
    }
    woken_ = false;
  }
  MutexLock lock(mutex_);
  finished_ = true;
  condition_.NotifyAll();
}

}  // namespace tamtap
