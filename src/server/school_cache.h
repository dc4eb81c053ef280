// SchoolCache: the school's facts as the server last saw them, looked at again at most once a
// second, and by one caller at a time: while it asks, or when the store does not answer, the others
// go on with what is known. Thread-safe.
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
  // `learnt` is told each state of the school that is seen, before anybody else is, by one caller
  // at a time; what it could not take (false) it is told again at the next look.
  using LearntFunction = std::function<bool(const School&)>;
  SchoolCache(SchoolStore& store, Clock& clock, LearntFunction learnt = nullptr)
      : store_(store), clock_(clock), learnt_(std::move(learnt)) {}

  struct Snapshot {
    std::shared_ptr<const Roster> roster;
    std::string version;
  };
  // The newest facts; an error only if there never were any.
  Result<Snapshot> Current() EXCLUDES(mutex_);
  // The next Current() asks the store, unless that was done just now.
  void LookAgain() EXCLUDES(mutex_);

 private:
  SchoolStore& store_;
  Clock& clock_;
  const LearntFunction learnt_;
  Mutex mutex_;
  Snapshot snapshot_ GUARDED_BY(mutex_);
  bool looking_ GUARDED_BY(mutex_) = false;
  MonotonicTime next_look_ GUARDED_BY(mutex_){};
  MonotonicTime last_look_ GUARDED_BY(mutex_){};
  bool told_ GUARDED_BY(mutex_) = true;  // `learnt_` has taken the snapshot
};

}  // namespace tamtap
