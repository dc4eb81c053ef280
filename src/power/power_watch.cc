#include "power/power_watch.h"

#include <fmt/core.h>

#include "base/log.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNothingToWatch{3'600'000};

}  // namespace

PowerWatch::PowerWatch(std::vector<std::unique_ptr<PowerSource>> sources, milliseconds interval,
                       std::function<void(const std::string& said)> low)
    : interval_(interval), low_(std::move(low)), watched_(Watch(std::move(sources))) {}

std::vector<PowerWatch::Watched> PowerWatch::Watch(
    std::vector<std::unique_ptr<PowerSource>> sources) {
  std::vector<Watched> watched;
  for (auto& source : sources) watched.push_back({std::move(source), 0, {}});
  return watched;
}

// A command that it waits for is ended first.
PowerWatch::~PowerWatch() { stop_.request_stop(); }

milliseconds PowerWatch::Step() {
  for (Watched& watched : watched_) {
    if (done_ || stop_.stop_requested()) return kNothingToWatch;
    done_ = IsLow(watched);
  }
  return done_ || watched_.empty() ? kNothingToWatch : interval_;
}

bool PowerWatch::IsLow(Watched& watched) {
  const std::string name = watched.source->Describe();
  const auto state = watched.source->Look(stop_.get_token());
  if (!state) {
    watched.times_low = 0;
    if (state.error().code != ErrorCode::kClosed &&
        watched.trouble.Begins(state.error().Message())) {
      LogWarning("power {}: {}; the gate goes on without it", name, state.error().Message());
    }
    return false;
  }
  if (watched.trouble.Ends()) LogInfo("power {} is there: {}", name, state->said);
  if (!state->low) {
    watched.times_low = 0;
    return false;
  }
  if (++watched.times_low < watched.source->TimesBelieved()) return false;
  low_(fmt::format("{}: {}", name, state->said));
  return true;
}

}  // namespace tamtap
