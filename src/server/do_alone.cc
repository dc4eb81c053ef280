#include "server/do_alone.h"

#include <fmt/core.h>

#include <charconv>
#include <optional>

namespace tamtap {
namespace {

constexpr std::chrono::seconds kTakes{30};
// A note that would hold for longer than this was put there under a clock that was wrong.
constexpr std::chrono::seconds kLongestHold{300};
constexpr size_t kDrawnBytes = 8;

}  // namespace

bool HoldsAt(const std::string& note, WallTime now) {
  int64_t until_us = 0;
  std::from_chars(note.data(), note.data() + note.size(), until_us);
  return WallTime(std::chrono::microseconds(until_us)) > now;
}

Result<bool> DoAlone(std::string_view name, SharedState& shared, Clock& clock, Random& random,
                     const std::function<Result<>()>& work) {
  const WallTime now = clock.Now();
  const WallTime until = now + kTakes;
  // "<until in microseconds> <who>"
  const std::optional<std::string> mine =
      fmt::format("{} {}", until.time_since_epoch().count(), random.Hex(kDrawnBytes));
  TAMTAP_TRY(const auto there, shared.Read(name));
  if (there && HoldsAt(*there, now) && !HoldsAt(*there, now + kLongestHold)) return false;
  TAMTAP_TRY(const bool alone, shared.Exchange(name, there, mine, until));
  if (!alone) return false;
  const auto done = work();
  // A note that can't be taken away ends by itself.
  static_cast<void>(shared.Exchange(name, mine, std::nullopt, {}));
  if (!done) return done.error();
  return true;
}

}  // namespace tamtap
