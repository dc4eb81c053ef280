// WordsService: the thread that plans words to guardians and staff and sends them. Nothing waits
// for it: it reads what the store holds.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/step_thread.h"
#include "messages/message_planner.h"
#include "messages/message_queue.h"
#include "messages/staff_word.h"

namespace tamtap {

class WordsService {
 public:
  explicit WordsService(WordsParts parts);
  ~WordsService() { Stop(); }

  void Start();
  // Ends a message under way: at once if the other side can't have it yet, else within two seconds.
  void Stop();
  // One step of the thread, for tests. Returns for how long there is nothing to do.
  std::chrono::milliseconds Step();
  // Why absences are not told at the moment; empty: nothing is in the way. Thread-safe.
  std::string held() EXCLUDES(mutex_);

 private:
  Result<bool> Work(WallTime now);

  const WordsParts parts_;
  std::atomic<bool> stop_{false};
  MessagePlanner planner_;
  StaffWord staff_;
  MessageQueue queue_;
  MonotonicTime next_plan_{};
  std::string purged_day_;
  Mutex mutex_;
  std::string held_ GUARDED_BY(mutex_);
  std::unique_ptr<StepThread> thread_;  // last: stops before the rest goes
};

}  // namespace tamtap
