// SchoolSlices: what of the school a gate is told that asks in slices (school/slices.h). What does
// not fit into one slice is kept for a while as it was when the first slice went out: a gate behind
// a slow link gets the whole of one version, however often the school changes meanwhile.
//
// It survives no restart, and need not: the same version is cut into the same slices again, and
// another one begins anew.
//
// Thread-safe. One caller at a time reads a school of any size from the store.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "school/slices.h"
#include "server/school_store.h"

namespace tamtap {

class SchoolSlices {
 public:
  SchoolSlices(SchoolStore& store, Clock& clock) : store_(store), clock_(clock) {}

  // See CentralStore::PullSlice. People who are the same as those of `now` are shared with it. One
  // caller at a time reads a school that may be large; kRetry: others have read for too long.
  Result<std::optional<SchoolUpdate>> Next(const std::string& known, const SlicePlace& place,
                                           size_t most, const People& now) EXCLUDES(mutex_);

 private:
  using Update = std::shared_ptr<const SchoolUpdate>;
  struct Kept {
    std::string known;  // the version that the update follows
    Update update;
    MonotonicTime used;
  };

  Result<std::optional<SchoolUpdate>> Read(const std::string& known, const SlicePlace& place,
                                           size_t most, const People& now) EXCLUDES(mutex_);
  // `version` empty: the one that was kept last.
  Update Find(const std::string& known, const std::string& version) EXCLUDES(mutex_);
  void Keep(const std::string& known, Update update) EXCLUDES(mutex_);

  SchoolStore& store_;
  Clock& clock_;
  Mutex mutex_;
  CondVar free_;
  bool reading_ GUARDED_BY(mutex_) = false;
  std::list<Kept> kept_ GUARDED_BY(mutex_);  // the last one first
};

}  // namespace tamtap
