// Simulate: many lives, a seed each; the first that fails is shrunk to the smallest plan that still
// fails.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/world.h"

namespace tamtap::sim {

inline constexpr size_t kDefaultSteps = 120;

// Lives one plan on TamTap's own code.
Verdicts LiveThrough(const Plan& plan, const std::string& scratch, bool with_trace = false);

// The smallest plan found by taking operations out while it still fails (Zeller and Hildebrandt's
// ddmin, in halves down to single ones).
Plan Shrink(Plan plan, const std::function<bool(const Plan&)>& fails);

struct Totals {
  uint64_t lives = 0;
  uint64_t taps = 0;     // acknowledged
  uint64_t excused = 0;  // of them lost with a disk that was replaced or that rotted, and said so
  std::optional<uint64_t> failing_seed;
  std::vector<std::string> failures;
};
// Seeds first .. first + count - 1, until one fails.
Totals LiveMany(uint64_t first, uint64_t count, size_t steps);

// How the system before TamTap fares in the same plans, and TamTap beside it.
struct Comparison {
  Checker::Counts tamtap;
  Checker::Counts predecessor;
};
Comparison Compare(uint64_t first, uint64_t count, size_t steps);

}  // namespace tamtap::sim
