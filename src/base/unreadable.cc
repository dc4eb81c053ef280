#include "base/unreadable.h"

#include <atomic>
#include <set>
#include <string>

#include "base/log.h"
#include "base/mutex.h"

namespace tamtap {
namespace {

constexpr size_t kMostNamed = 1'000;  // then they are no longer logged, and counted only roughly

struct Skipped {
  Mutex mutex;
  std::set<std::string, std::less<>> rows GUARDED_BY(mutex);
};

Skipped& TheSkipped() {
  static Skipped skipped;
  return skipped;
}

std::atomic<void (*)(std::string_view, const Error&)> send_to = nullptr;

}  // namespace

void SendUnreadableTo(void (*note)(std::string_view where, const Error& why)) { send_to = note; }

void NoteUnreadable(std::string_view where, const Error& why) {
  if (const auto note = send_to.load()) return note(where, why);
  Skipped& skipped = TheSkipped();
  {
    MutexLock lock(skipped.mutex);
    if (skipped.rows.size() >= kMostNamed || !skipped.rows.emplace(where).second) return;
  }
  LogWarning("{} can't be read and is left out; all else is read: {}", where, why.Message());
}

uint64_t UnreadableRows() {
  Skipped& skipped = TheSkipped();
  MutexLock lock(skipped.mutex);
  return skipped.rows.size();
}

}  // namespace tamtap
