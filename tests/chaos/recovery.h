// How long after an outage the taps of its time are confirmed, with production's own time-outs.
#pragma once

#include "chaos/backends.h"
#include "chaos/chaos_proxy.h"

namespace tamtap::chaos {

// Every kind of outage against every kind of store, side by side, each for `outage`. Prints a line
// each; false if one took longer than it may.
bool RecoverFromOutages(Backends& backends, ChaosProxy& proxy, std::chrono::milliseconds outage);

}  // namespace tamtap::chaos
