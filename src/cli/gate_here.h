// Whether a gate of this data directory runs now: it has the devices then.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/settings.h"

namespace tamtap::cli {

// "process 1234 (tamtap)", or nothing. Takes no lock, so a gate that starts meanwhile is not in its
// way.
std::optional<std::string> GateHere(const Settings& settings);

// kMisconfigured while a gate runs here: what is tried by hand must be free.
Result<> CheckNoGateHere(const Settings& settings);

}  // namespace tamtap::cli
