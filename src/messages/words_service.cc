#include "messages/words_service.h"

#include "base/log.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kIdle{1'000};
constexpr seconds kPlanEvery{3};
constexpr milliseconds kAfterAnError{5'000};
constexpr int kKeepDays = 30;

}  // namespace

WordsService::WordsService(WordsParts parts)
    : parts_(std::move(parts)), planner_(parts_), staff_(parts_), queue_(parts_, stop_) {}

void WordsService::Start() {
  thread_ = std::make_unique<StepThread>("words", [this] { return Step(); });
}

void WordsService::Stop() {
  stop_ = true;
  thread_.reset();
}

std::string WordsService::held() {
  MutexLock lock(mutex_);
  return held_;
}

milliseconds WordsService::Step() {
  if (stop_) return kIdle;
  // A clock that nobody vouches for can't say what is too late, nor whether the hours are quiet.
  if (!parts_.clock.Synchronised()) return kAfterAnError;
  const auto more = Work(parts_.clock.Now());
  if (!more) {
    LogDebug("words: {}", more.error().Message());
    return kAfterAnError;
  }
  return *more ? milliseconds(0) : kIdle;
}

Result<bool> WordsService::Work(WallTime now) {
  const MonotonicTime clock = parts_.clock.MonotonicNow();
  if (clock >= next_plan_) {
    next_plan_ = clock + kPlanEvery;
    TAMTAP_RETURN_IF_ERROR(queue_.GiveUpClaims());
    if (parts_.options.TellsGuardians()) {
      const auto planned = planner_.Plan(now);
      {
        MutexLock lock(mutex_);
        held_ = planner_.held();
      }
      if (!planned) return planned.error();
    }
    TAMTAP_RETURN_IF_ERROR(staff_.Plan(now));
    const std::string today = parts_.zone.ToLocal(now).day;
    if (purged_day_ != today) {
      TAMTAP_TRY(const size_t purged, parts_.store.PurgeMessages(AddDays(today, -kKeepDays)));
      if (purged > 0) LogDebug("words: {} old messages are removed", purged);
      purged_day_ = today;
    }
  }
  return queue_.SendOne();
}

}  // namespace tamtap
