// One scenario, all of it drawn from a seed: a few gates, a store behind a bad link, taps before
// and during the trouble; then the link is well and the store must hold every tap, once.
#pragma once

#include <string>

#include "chaos/backends.h"
#include "chaos/chaos_proxy.h"

namespace tamtap::chaos {

struct ScenarioResult {
  Kind kind = Kind::kMongo;
  std::string wrong;  // "" when all is well
  size_t taps = 0;
  int64_t resets = 0;
  int64_t replays = 0;
};

// `place` keeps scenarios that run at the same time, or after each other, apart in the stores;
// `lane` names the terminals, one set for each thread that runs scenarios.
ScenarioResult RunScenario(Backends& backends, ChaosProxy& proxy, uint64_t seed, int place,
                           int lane);

// The plan alone, for a person.
std::string Describe(uint64_t seed);

}  // namespace tamtap::chaos
