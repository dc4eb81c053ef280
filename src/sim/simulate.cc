#include "sim/simulate.h"

#include <algorithm>

namespace tamtap::sim {
namespace {

void Add(Checker::Counts& sum, const Checker::Counts& counts) {
  sum.acknowledged += counts.acknowledged;
  sum.lost += counts.lost;
  sum.twice += counts.twice;
  sum.excused += counts.excused;
  sum.waiting += counts.waiting;
}

}  // namespace

Verdicts LiveThrough(const Plan& plan, const std::string& scratch, bool with_trace) {
  World world(plan, OpenTamTap, scratch);
  return world.Live(with_trace);
}

Plan Shrink(Plan plan, const std::function<bool(const Plan&)>& fails) {
  size_t chunk = std::max<size_t>(plan.operations.size() / 2, 1);
  while (true) {
    bool smaller = false;
    for (size_t at = 0; at < plan.operations.size();) {
      Plan less = plan;
      const size_t end = std::min(at + chunk, less.operations.size());
      less.operations.erase(less.operations.begin() + static_cast<ptrdiff_t>(at),
                            less.operations.begin() + static_cast<ptrdiff_t>(end));
      if (fails(less)) {
        plan = std::move(less);
        smaller = true;
      } else {
        at += chunk;
      }
    }
    if (chunk == 1 && !smaller) return plan;
    if (!smaller) chunk = std::max<size_t>(chunk / 2, 1);
  }
}

Totals LiveMany(uint64_t first, uint64_t count, size_t steps) {
  const ScratchDirectory scratch;
  Totals totals;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const Verdicts verdicts = LiveThrough(MakePlan(seed, steps), scratch.path());
    ++totals.lives;
    totals.taps += verdicts.counts.acknowledged;
    totals.excused += verdicts.counts.excused;
    if (verdicts.failures.empty()) continue;
    totals.failing_seed = seed;
    totals.failures = verdicts.failures;
    break;
  }
  return totals;
}

Comparison Compare(uint64_t first, uint64_t count, size_t steps) {
  const ScratchDirectory scratch;
  Comparison comparison;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const Plan plan = MakePlan(seed, steps);
    Add(comparison.tamtap, LiveThrough(plan, scratch.path()).counts);
    World before(plan, OpenPredecessor, scratch.path(), /*merges=*/false);
    Add(comparison.predecessor, before.Live(/*with_trace=*/false).counts);
  }
  return comparison;
}

}  // namespace tamtap::sim
