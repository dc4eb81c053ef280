// PhotoReads: keeps in the audit trail who looked at photos: one entry a viewer, day and section
// (or person, of those who have none), so that a page of photos is not a hundred entries.
// Thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "server/school_store.h"
#include "server/trust_store.h"
#include "tap/school_time.h"

namespace tamtap {

class PhotoReads {
 public:
  PhotoReads(SchoolStore& store, TrustStore& trust, Clock& clock, SchoolZone& zone)
      : store_(store), trust_(trust), clock_(clock), zone_(zone) {}

  // `who` was shown that photo of that day ("YYYY-MM-DD").
  void Note(const std::string& who, const std::string& day, const std::string& file)
      EXCLUDES(mutex_);

 private:
  struct DayOfPhotos {
    MonotonicTime until{};
    std::map<std::string, std::string> whose;  // by file: the section, or the person
  };
  // Whose photo it is; "" if no record names it.
  std::string WhoseIs(const std::string& day, const std::string& file) EXCLUDES(mutex_);

  SchoolStore& store_;
  TrustStore& trust_;
  Clock& clock_;
  SchoolZone& zone_;
  Mutex mutex_;
  std::map<std::string, DayOfPhotos> days_ GUARDED_BY(mutex_);  // a few, by day
  std::string today_ GUARDED_BY(mutex_);
  std::set<std::pair<std::string, std::string>> noted_ GUARDED_BY(mutex_);  // today: who, whose
};

}  // namespace tamtap
