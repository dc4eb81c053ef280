// What `run`, `terminal` and `server` do while they run: they tell the service manager that they
// are up and, as long as it is so, that they are alive; and they wait for the signal that ends
// them.
#pragma once

#include <functional>
#include <string>

#include "cli/power_guard.h"
#include "cli/settings.h"
#include "cli/stop_signal.h"

namespace tamtap {
class Terminal;
}

namespace tamtap::cli {

struct Liveness {
  bool alive = true;
  std::string status;  // one line for people, which `systemctl status` shows
};

// Returns when the signal came. `look` is called on this thread, also without a service manager
// that watches. What is not alive is left to the manager's watchdog, which restarts it.
void ServeUntil(StopSignal& stop, const std::function<Liveness()>& look);

// The same of a gate, which then ends as StopOrExit says. With --exit-on-eof the end of what its
// readers read is a signal too. It is alive if no tap has been in hand for a minute.
void ServeUntil(StopSignal& stop, const Settings& settings, PowerGuard& power, Terminal& terminal);

}  // namespace tamtap::cli
