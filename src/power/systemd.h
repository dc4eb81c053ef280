// What a gate's own user may ask systemd for, without root: it is asked over D-Bus, and polkit says
// whether they may (docs/decisions/0037-buttons-and-power.md).
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "power/button.h"

namespace tamtap {

// Asks for the unit to be started, restarted or stopped, and does not wait for that. kDenied, with
// a hint: polkit does not allow it.
Result<> AskForUnit(ButtonAction action, const std::string& unit, const std::stop_token& stop,
                    Clock& clock);
// Asks for the machine to be switched off. Errors as above.
Result<> AskForPowerOff(Clock& clock);

// The service with this machine's gate: tamtap.service (gate and server in one) if that starts with
// the machine, else tamtap-gate.service. To start the other one would end the server.
std::string UnitOfGate();

// The service that this process belongs to, such as "tamtap-gate.service"; empty: systemd did not
// start it. `cgroup`: as in /proc/self/cgroup.
std::string UnitOf(std::string_view cgroup);
std::string OwnUnit();

}  // namespace tamtap
