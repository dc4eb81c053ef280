#include "server/school_cache.h"

#include <algorithm>

#include "base/log.h"

namespace tamtap {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(1);
// A look at a store that is away takes until its time-out.
constexpr auto kLookAgainAfterFailure = std::chrono::seconds(5);

}  // namespace

Result<SchoolCache::Snapshot> SchoolCache::Current() {
  std::string known;
  MonotonicTime asked_at{};
  uint64_t wanted = 0;
  std::shared_ptr<const Roster> untold;
  std::shared_ptr<const Roster> before;
  {
    MutexLock lock(mutex_);
    const MonotonicTime now = clock_.MonotonicNow();
    snapshot_.newest = seen_ == wanted_;
    const bool known_well = snapshot_.newest ? looking_ || now < next_look_ : now < not_before_;
    if (snapshot_.roster && known_well) return snapshot_;
    looking_ = true;
    wanted = wanted_;
    asked_at = clock_.MonotonicNow();
    known = snapshot_.version;
    before = snapshot_.roster;
    if (!told_) untold = snapshot_.roster;
  }
  auto pulled = store_.PullSchool(known);
  std::shared_ptr<const Roster> seen;
  std::string version;
  bool was_told = true;
  if (pulled && *pulled) {
    version = (*pulled)->version;
    was_told = (*pulled)->told;
    School school = (*pulled)->whole || !before ? School() : before->school();
    Apply(std::move(**pulled), school);
    seen = std::make_shared<const Roster>(std::move(school));
  }
  const std::shared_ptr<const Roster>& to_tell = seen ? seen : untold;
  const bool told = !to_tell || !learnt_ || learnt_(to_tell->school());
  MutexLock lock(mutex_);
  looking_ = false;
  told_ = told;
  next_look_ = clock_.MonotonicNow() + (pulled ? kLookEvery : kLookAgainAfterFailure);
  not_before_ = pulled ? MonotonicTime{} : next_look_;
  if (!pulled) {
    if (!snapshot_.roster) return pulled.error();
    LogWarning("server: {}; going on with the roster it knows", pulled.error().Message());
  } else if (seen) {
    snapshot_ = {std::move(seen), std::move(version), was_told, {}, true};
  } else if (!snapshot_.roster) {
    snapshot_.roster = std::make_shared<const Roster>(School{});
  }
  if (pulled) {
    snapshot_.asked_at = asked_at;
    seen_ = std::max(seen_, wanted);
  }
  snapshot_.newest = seen_ == wanted_;
  return snapshot_;
}

Result<SchoolCache::Snapshot> SchoolCache::ForStranger() {
  {
    MutexLock lock(mutex_);
    if (looking_ || clock_.MonotonicNow() < not_before_) {
      if (snapshot_.roster) return snapshot_;
      return Error{ErrorCode::kRetry, "read the school", 0, "its store does not answer now"};
    }
  }
  return Current();
}

void SchoolCache::LookAgain() {
  MutexLock lock(mutex_);
  ++wanted_;
}

}  // namespace tamtap
