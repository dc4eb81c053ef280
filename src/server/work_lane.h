// WorkLane: a thread of its own for requests that take long, so that requests that bring taps never
// find all workers busy. The number of waiting requests is bounded, in all and for each client; a
// request beyond that is refused. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "base/mutex.h"

namespace tamtap {

struct WorkLaneOptions {
  size_t most_waiting = 64;
  size_t most_of_one = 8;  // of the waiting requests, for each client
  // Takes the processor only when nobody else wants it (nice(2), of this thread alone).
  bool yields = false;
};

class WorkLane {
 public:
  explicit WorkLane(WorkLaneOptions options) : options_(options) {}
  ~WorkLane() { Stop(); }
  WorkLane(const WorkLane&) = delete;
  WorkLane& operator=(const WorkLane&) = delete;

  // Takes `work` of the client `from`. Work is done in order, and work that goes `first` is done
  // before all other work. Returns false if there is no room; `work` is then dropped. The first
  // offer starts the thread.
  bool Offer(std::string_view from, bool first, std::function<void()> work) EXCLUDES(mutex_);
  // Finishes the work that runs, and drops the work that waits.
  void Stop() EXCLUDES(mutex_);

 private:
  struct Work {
    std::string from;
    std::function<void()> run;
  };
  using Line = std::deque<Work>;

  void Run() EXCLUDES(mutex_);

  const WorkLaneOptions options_;
  Mutex mutex_;
  CondVar changed_;
  // Each line has room of its own, so that one can't fill the other.
  Line first_ GUARDED_BY(mutex_);
  Line others_ GUARDED_BY(mutex_);
  std::map<std::string, size_t, std::less<>> waiting_ GUARDED_BY(mutex_);  // of each client
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
