// GroupCommits: callers that come while a commit is under way are stored by the next one together,
// so that many gates share one flush. Whoever finds nobody storing stores for all who wait; no
// thread is needed. Thread-safe.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "sync/central_store.h"

namespace tamtap::central {

class GroupCommits {
 public:
  using Group = std::span<const std::span<const Record>>;
  // Stores the records of several callers in one transaction. Returns the outcomes of each.
  using Commit = std::function<Result<std::vector<std::vector<Outcome>>>(Group)>;

  // Returns when the commit that holds these records is durable, or has failed. `commit` is called
  // for this caller and for others who wait.
  Result<std::vector<Outcome>> Store(std::span<const Record> records, const Commit& commit)
      EXCLUDES(mutex_);

 private:
  struct Caller {
    std::span<const Record> records;
    Result<std::vector<Outcome>> outcomes;
    bool done = false;
  };

  void CommitFor(const std::vector<Caller*>& callers, const Commit& commit);

  Mutex mutex_;
  CondVar changed_;
  bool committing_ GUARDED_BY(mutex_) = false;
  std::vector<Caller*> waiting_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::central
