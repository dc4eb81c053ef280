// Mutex, MutexLock and CondVar: the standard ones, with Clang's thread-safety annotations, so that
// a Clang build (`make check`) refuses code that touches guarded state without its lock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define TAMTAP_ANNOTATION(x) __attribute__((x))
#else
#define TAMTAP_ANNOTATION(x)
#endif

#define GUARDED_BY(x) TAMTAP_ANNOTATION(guarded_by(x))
#define REQUIRES(...) TAMTAP_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) TAMTAP_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace tamtap {

class TAMTAP_ANNOTATION(capability("mutex")) Mutex {
 public:
  void Lock() TAMTAP_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() TAMTAP_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class TAMTAP_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) TAMTAP_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() TAMTAP_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waiting needs the lock held; it is released while asleep and held again on return. Wake-ups may
// be spurious: wait in a loop over the condition.
class CondVar {
 public:
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // Returns at the latest after `timeout` (monotonic).
  void WaitFor(Mutex& mutex, std::chrono::nanoseconds timeout) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait_for(lock, timeout);
    lock.release();
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace tamtap
