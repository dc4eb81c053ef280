#include "server/shared_state.h"

namespace tamtap {

Result<std::optional<std::string>> MemoryState::Read(std::string_view key) {
  MutexLock lock(mutex_);
  const auto found = notes_.find(key);
  if (found == notes_.end()) return std::optional<std::string>();
  return std::optional(found->second);
}

// Nothing is forgotten: what is noted here is bounded by how many gates there are.
Result<bool> MemoryState::Exchange(std::string_view key, const std::optional<std::string>& was,
                                   const std::optional<std::string>& next, WallTime) {
  MutexLock lock(mutex_);
  const auto found = notes_.find(key);
  const bool as_it_was = found == notes_.end() ? !was : was == found->second;
  if (!as_it_was) return false;
  if (next) {
    notes_.insert_or_assign(std::string(key), *next);
  } else if (found != notes_.end()) {
    notes_.erase(found);
  }
  return true;
}

}  // namespace tamtap
