// SharedState: the small things on which the servers of one school must agree, besides accounts and
// gates: one-time links, how often passwords were guessed, what gates are still to be told; and the
// news that pages of other servers must hear at once. Where only one server can use the store, all
// of that lives in its memory and ends with it (MemoryState). Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"

namespace tamtap {

class SharedState {
 public:
  virtual ~SharedState() = default;

  // Whether servers on other machines may use it as well.
  virtual bool HasOthers() const = 0;

  // What is noted under that key; nothing if nothing is.
  virtual Result<std::optional<std::string>> Read(std::string_view key) = 0;
  // Puts `next` (nothing: takes it away) in the place of `was` (nothing: there is none). False:
  // something else is there, so that somebody was faster; nothing has changed then. A note may be
  // forgotten after `until` and not before; whoever reads it judges how old it may be.
  virtual Result<bool> Exchange(std::string_view key, const std::optional<std::string>& was,
                                const std::optional<std::string>& next, WallTime until) = 0;

  // Tells all servers, this one included, what has happened. Heard within the second, unless the
  // server that told it is killed before it returns.
  virtual Result<> Tell(std::span<const std::string> news) = 0;
  // What was told since the last call, each once, the oldest first; waits for it at most
  // `patience`. The first call hears only what is told after it. One thread.
  virtual Result<std::vector<std::string>> Hear(std::chrono::milliseconds patience) = 0;
};

// Of one server alone: nobody else is there to be told.
class MemoryState final : public SharedState {
 public:
  bool HasOthers() const override { return false; }
  Result<std::optional<std::string>> Read(std::string_view key) override EXCLUDES(mutex_);
  Result<bool> Exchange(std::string_view key, const std::optional<std::string>& was,
                        const std::optional<std::string>& next, WallTime until) override
      EXCLUDES(mutex_);
  Result<> Tell(std::span<const std::string>) override { return {}; }
  Result<std::vector<std::string>> Hear(std::chrono::milliseconds) override {
    return std::vector<std::string>{};
  }

 private:
  Mutex mutex_;
  std::map<std::string, std::string, std::less<>> notes_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
