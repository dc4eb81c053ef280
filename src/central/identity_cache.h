// IdentityCache: what a store in another place said of somebody, for a moment, so that a request
// does not ask for the same account four times. An answer is kept for kKeptFor from before it was
// asked for: what another server takes away is refused here within kTakenAwayWithin. That there is
// nobody is never kept. What this server changes is forgotten at once (Forget). Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/identity_store.h"

namespace tamtap::central {

template <typename Value>
class IdentityCache {
 public:
  static constexpr std::chrono::milliseconds kKeptFor{700};
  static_assert(kKeptFor < kTakenAwayWithin);

  // What is known under that key, or what `ask` returns: Result<std::optional<Value>>.
  template <typename Ask>
  Result<std::optional<Value>> Get(std::string_view key, Ask ask) EXCLUDES(mutex_) {
    const MonotonicTime now = SystemClock().MonotonicNow();
    uint64_t changes = 0;
    {
      MutexLock lock(mutex_);
      changes = changes_;
      const auto found = known_.find(key);
      if (found != known_.end() && now < found->second.second) {
        return std::optional<Value>(found->second.first);
      }
    }
    Result<std::optional<Value>> answer = ask();
    if (!answer || !*answer) return answer;
    MutexLock lock(mutex_);
    if (changes != changes_) return answer;  // it may be of before the change
    if (known_.size() >= kMost) known_.clear();
    known_.insert_or_assign(std::string(key), std::pair(**answer, now + kKeptFor));
    return answer;
  }

  void Forget() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    ++changes_;
    known_.clear();
  }

 private:
  static constexpr size_t kMost = 10'000;

  Mutex mutex_;
  uint64_t changes_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::pair<Value, MonotonicTime>, std::less<>> known_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::central
