// SchoolCache: the school's facts as the server last saw them, looked at again at most once a
// second, and by one caller at a time: while it asks, or when the store does not answer, the others
// go on with what is known. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "roster/roster.h"
#include "server/school_store.h"

namespace tamtap {

class SchoolCache {
 public:
  SchoolCache(SchoolStore& store, Clock& clock) : store_(store), clock_(clock) {}

  struct Snapshot {
    std::shared_ptr<const Roster> roster;
    std::string version;
  };
  // The newest facts; an error only if there never were any.
  Result<Snapshot> Current() EXCLUDES(mutex_);

 private:
  SchoolStore& store_;
  Clock& clock_;
  Mutex mutex_;
  Snapshot snapshot_ GUARDED_BY(mutex_);
  bool looking_ GUARDED_BY(mutex_) = false;
  MonotonicTime next_look_ GUARDED_BY(mutex_){};
};

}  // namespace tamtap
