// BoundedQueue: hands things from one thread to another, in their order. Push waits while the queue
// is full, and Pop waits while it is empty. After Close, Push refuses, and Pop first returns what
// is left and then nothing. Thread-safe.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "base/mutex.h"

namespace tamtap {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

  // Returns false if the queue was closed; `value` is then dropped.
  bool Push(T value) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (items_.size() >= capacity_ && !closed_) changed_.Wait(mutex_);
    if (closed_) return false;
    items_.push_back(std::move(value));
    changed_.NotifyAll();
    return true;
  }
  // Never waits. Returns false if the queue is full or closed; `value` is then dropped.
  bool TryPush(T value) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (items_.size() >= capacity_ || closed_) return false;
    items_.push_back(std::move(value));
    changed_.NotifyAll();
    return true;
  }
  // Returns nothing only if the queue was closed and is empty.
  std::optional<T> Pop() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (items_.empty() && !closed_) changed_.Wait(mutex_);
    if (items_.empty()) return std::nullopt;
    T value = std::move(items_.front());
    items_.pop_front();
    changed_.NotifyAll();
    return value;
  }
  void Close() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }

 private:
  const size_t capacity_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<T> items_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace tamtap
