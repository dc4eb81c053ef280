#include "cli/service.h"

#include <fmt/core.h>

#include "base/log.h"
#include "base/service_manager.h"
#include "cli/compose.h"
#include "terminal/terminal.h"

namespace tamtap::cli {
namespace {

// A flush of a worn card may take seconds. Who waits for a minute has left, and the tap was not
// acknowledged; a restart finds whatever hangs in a known state.
constexpr std::chrono::seconds kLongestTap{60};

void LogUntold(const Result<>& told) {
  if (!told) LogWarning("{}", told.error().Message());
}

// It says how many taps wait.
Liveness LookAt(Terminal& terminal) {
  const auto in_hand = terminal.TapInHand();
  if (in_hand > kLongestTap) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(in_hand).count();
    return {false, fmt::format("a tap has been in hand for {} s", seconds)};
  }
  const uint64_t pending = terminal.journal().GetBacklog().pending;
  return {true, pending == 0 ? "taps are taken"
                             : fmt::format("taps are taken; {} wait to be sent", pending)};
}

}  // namespace

void ServeUntil(StopSignal& stop, const std::function<Liveness()>& look) {
  const ServiceManager manager = ServiceManager::FromEnvironment();
  LogUntold(manager.Ready(look().status));
  bool said = false;
  if (!manager.watchdog()) stop.Wait();
  while (manager.watchdog() && !stop.WaitFor(*manager.watchdog())) {
    const Liveness now = look();
    if (now.alive) {
      LogUntold(manager.Alive(now.status));
    } else if (!said) {
      LogError("{}; the service manager is left to restart this", now.status);
    }
    said = !now.alive;
  }
  LogUntold(manager.Stopping());
}

void ServeUntil(StopSignal& stop, const Settings& settings, PowerGuard& power, Terminal& terminal) {
  if (settings.exit_on_eof) terminal.OnEndOfInput([&stop] { stop.Raise(); });
  power.Watch();
  ServeUntil(stop, [&] { return LookAt(terminal); });
  power.TellSystemd();
  StopOrExit(terminal);
}

}  // namespace tamtap::cli
