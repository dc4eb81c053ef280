// SchoolCache: the school's facts as the server has last seen them. They are asked for again at
// most once a second, and by one caller at a time. While that caller asks, or if the store does not
// answer, the other callers get what is known. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "roster/roster.h"
#include "server/school_store.h"

namespace tamtap {

class SchoolCache {
 public:
  // `learnt` is called with each new state of the school, before anybody else gets it, by one
  // caller at a time. If it returns false, it is called with the same state again at the next look.
  using LearntFunction = std::function<bool(const School&)>;
  SchoolCache(SchoolStore& store, Clock& clock, LearntFunction learnt = nullptr)
      : store_(store), clock_(clock), learnt_(std::move(learnt)) {}

  struct Snapshot {
    std::shared_ptr<const Roster> roster;
    std::string version;
    bool was_told = true;      // SchoolUpdate::told
    MonotonicTime asked_at{};  // when the store was asked that has told it
    // False: LookAgain() was called since, and the store does not answer.
    bool newest = true;
  };
  // Returns the newest known facts. It fails only if no facts were ever known.
  Result<Snapshot> Current() EXCLUDES(mutex_);
  // The same for strangers, of whom any number may ask: while the store is being asked, or has just
  // not answered, they get what is known, or an error (kRetry), and no thread waits for them.
  Result<Snapshot> ForStranger() EXCLUDES(mutex_);
  // Makes the next Current() ask the store, also if a look is under way that began before. While
  // the store does not answer, it is not asked by everybody.
  void LookAgain() EXCLUDES(mutex_);

 private:
  SchoolStore& store_;
  Clock& clock_;
  const LearntFunction learnt_;
  Mutex mutex_;
  Snapshot snapshot_ GUARDED_BY(mutex_);
  bool looking_ GUARDED_BY(mutex_) = false;
  MonotonicTime next_look_ GUARDED_BY(mutex_){};
  MonotonicTime not_before_ GUARDED_BY(mutex_){};  // after a failure
  uint64_t wanted_ GUARDED_BY(mutex_) = 0;         // how often LookAgain() was called
  uint64_t seen_ GUARDED_BY(mutex_) = 0;           // as it was when the newest look began
  bool told_ GUARDED_BY(mutex_) = true;            // `learnt_` has taken the snapshot
};

}  // namespace tamtap
