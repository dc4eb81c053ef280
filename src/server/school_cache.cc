#include "server/school_cache.h"

#include "base/log.h"

namespace tamtap {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(1);
// A look at a store that is away takes until its time-out.
constexpr auto kLookAgainAfterFailure = std::chrono::seconds(5);

}  // namespace

Result<SchoolCache::Snapshot> SchoolCache::Current() {
  std::string known;
  {
    MutexLock lock(mutex_);
    if (snapshot_.roster && (looking_ || clock_.MonotonicNow() < next_look_)) return snapshot_;
    looking_ = true;
    known = snapshot_.version;
  }
  auto pulled = store_.PullSchool(known);
  MutexLock lock(mutex_);
  looking_ = false;
  next_look_ = clock_.MonotonicNow() + (pulled ? kLookEvery : kLookAgainAfterFailure);
  if (!pulled) {
    if (!snapshot_.roster) return pulled.error();
    LogWarning("server: {}; going on with the roster it knows", pulled.error().Message());
  } else if (*pulled) {
    snapshot_ = {std::make_shared<const Roster>(std::move((*pulled)->school)), (*pulled)->version};
  } else if (!snapshot_.roster) {
    snapshot_.roster = std::make_shared<const Roster>(School{});
  }
  return snapshot_;
}

}  // namespace tamtap
