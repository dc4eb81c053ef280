#include "server/school_slices.h"

#include <algorithm>

namespace tamtap {
namespace {

// They share their people, so that another version costs little.
constexpr size_t kMostKept = 8;
constexpr auto kKeptFor = std::chrono::minutes(10);
constexpr auto kPatience = std::chrono::milliseconds(500);

}  // namespace

Result<std::optional<SchoolUpdate>> SchoolSlices::Next(const std::string& known,
                                                       const SlicePlace& place, size_t most,
                                                       const People& now) {
  if (place.have > 0) {
    if (const Update kept = Find(known, place.version)) return SliceOf(*kept, place, most);
  }
  {
    MutexLock lock(mutex_);
    // A store that is away must not hold a thread for each gate that asks.
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (reading_) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= left.zero()) {
        return Error{ErrorCode::kRetry, "read the school while others read it", 0, {}};
      }
      free_.WaitFor(mutex_, left);
    }
    reading_ = true;
  }
  auto read = Read(known, place, most, now);
  {
    MutexLock lock(mutex_);
    reading_ = false;
  }
  free_.NotifyOne();
  return read;
}

Result<std::optional<SchoolUpdate>> SchoolSlices::Read(const std::string& known,
                                                       const SlicePlace& place, size_t most,
                                                       const People& now) {
  // Perhaps another gate that knows as much was told a moment ago.
  if (const Update kept = Find(known, "")) {
    TAMTAP_TRY(const auto newer, store_.PullSchool(kept->version));
    if (!newer) return SliceOf(*kept, place, most);
  }
  TAMTAP_TRY(auto update, store_.PullSchool(known));
  if (!update || SizeOf(*update) <= most) return update;
  People shared;
  shared.reserve(update->school.people.size());
  for (size_t at = 0; at < update->school.people.size(); ++at) {
    shared.push_back(now.Same(std::move(update->school.people[at])));
  }
  update->school.people = std::move(shared);
  const auto kept = std::make_shared<const SchoolUpdate>(*std::move(update));
  Keep(known, kept);
  return SliceOf(*kept, place, most);
}

SchoolSlices::Update SchoolSlices::Find(const std::string& known, const std::string& version) {
  MutexLock lock(mutex_);
  const MonotonicTime now = clock_.MonotonicNow();
  std::erase_if(kept_, [now](const Kept& each) { return now - each.used > kKeptFor; });
  for (Kept& each : kept_) {
    if (each.known != known || (!version.empty() && each.update->version != version)) continue;
    each.used = now;
    return each.update;
  }
  return nullptr;
}

void SchoolSlices::Keep(const std::string& known, Update update) {
  MutexLock lock(mutex_);
  kept_.push_front({known, std::move(update), clock_.MonotonicNow()});
  while (kept_.size() > kMostKept) {
    kept_.erase(std::min_element(kept_.begin(), kept_.end(),
                                 [](const Kept& a, const Kept& b) { return a.used < b.used; }));
  }
}

}  // namespace tamtap
