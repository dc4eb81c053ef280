// WorkLane: a thread of its own for requests that take long, so that those who come with taps never
// find all workers busy with them. What waits is bounded, in all and for each who asks: who is over
// it is told to come again. Thread-safe.
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
  size_t most_of_one = 8;
  // Takes the processor only when nobody else wants it (nice(2), of this thread alone).
  bool yields = false;
};

class WorkLane {
 public:
  explicit WorkLane(WorkLaneOptions options) : options_(options) {}
  ~WorkLane() { Stop(); }
  WorkLane(const WorkLane&) = delete;
  WorkLane& operator=(const WorkLane&) = delete;

  // In order, but those that go `first` before all others. False: there is no room; `work` is not
  // kept. The first offer starts the thread.
  bool Offer(std::string_view from, bool first, std::function<void()> work) EXCLUDES(mutex_);
  // What runs is finished; what waits is dropped.
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
  // Each line has room of its own: who goes first is not kept out by those who don't.
  Line first_ GUARDED_BY(mutex_);
  Line others_ GUARDED_BY(mutex_);
  std::map<std::string, size_t, std::less<>> waiting_ GUARDED_BY(mutex_);  // of each who asks
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
