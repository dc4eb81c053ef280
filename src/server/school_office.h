// SchoolOffice: how staff change the school by the pages: their words go to the school's master as
// those of an office's command do (decision 29), and from there to every gate. Each word is noted
// in the audit trail. Thread-safe; changes are made one after the other.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/result.h"
#include "school/change.h"
#include "server/school_cache.h"
#include "server/school_store.h"
#include "server/trust_store.h"

namespace tamtap {

class SchoolOffice {
 public:
  SchoolOffice(SchoolStore& store, SchoolCache& cache, TrustStore& trust, Clock& clock,
               Random& random)
      : store_(store), cache_(cache), trust_(trust), clock_(clock), random_(random) {}

  struct Changed {
    size_t things = 0;                 // that were said to be another way
    std::vector<std::string> refused;  // sentences of the master; the rest was taken
  };
  // Lets `change` make of the newest school what it should be, and brings the difference to the
  // master as the word of `by`. An error of `change` changes nothing. When this has returned, what
  // was taken is durable, and known to this server.
  Result<Changed> Change(const std::string& by, const std::function<Result<>(School&)>& change)
      EXCLUDES(mutex_);

 private:
  void Note(const std::string& by, const std::vector<SchoolChange>& changes,
            const std::vector<std::string>& outcomes);

  SchoolStore& store_;
  SchoolCache& cache_;
  TrustStore& trust_;
  Clock& clock_;
  Random& random_;
  Mutex mutex_;
};

// A change in one line, for the audit trail.
std::string DescribeChange(const SchoolChange& change);

}  // namespace tamtap
