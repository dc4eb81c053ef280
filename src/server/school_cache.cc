#include "server/school_cache.h"

#include "base/log.h"

namespace tamtap {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(1);

}  // namespace

Result<SchoolCache::Snapshot> SchoolCache::Current() {
  MutexLock lock(mutex_);
  if (snapshot_.roster && clock_.MonotonicNow() < next_look_) return snapshot_;
  auto pulled = store_.PullSchool(snapshot_.version);
  if (!pulled) {
    if (!snapshot_.roster) return pulled.error();
    LogWarning("server: {}; going on with the roster it knows", pulled.error().Message());
  } else if (*pulled) {
    snapshot_ = {std::make_shared<const Roster>(std::move((*pulled)->school)), (*pulled)->version};
  } else if (!snapshot_.roster) {
    snapshot_.roster = std::make_shared<const Roster>(School{});
  }
  next_look_ = clock_.MonotonicNow() + kLookEvery;
  return snapshot_;
}

}  // namespace tamtap
