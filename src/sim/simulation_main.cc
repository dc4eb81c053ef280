// The simulation by itself, small enough to be linked once for each planted bug:
// `simulation FIRST COUNT` runs that many seeds until one fails; `simulation trace SEED` tells one
// life line by line.
#include <fmt/core.h>

#include <charconv>
#include <string_view>

#include "base/log.h"
#include "sim/simulate.h"

namespace {

uint64_t NumberFrom(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tamtap;
  if (argc != 3 || !SetLogLevel("off")) return 2;
  if (std::string_view(argv[1]) == "trace") {
    const sim::ScratchDirectory scratch;
    const sim::Plan plan = sim::MakePlan(NumberFrom(argv[2]), sim::kDefaultSteps);
    fmt::print("{}", ToString(plan));
    for (const std::string& line :
         sim::LiveThrough(plan, scratch.path(), /*with_trace=*/true).trace) {
      fmt::print("{}\n", line);
    }
    return 0;
  }
  const auto totals = sim::LiveMany(NumberFrom(argv[1]), NumberFrom(argv[2]), sim::kDefaultSteps);
  if (!totals.failing_seed) {
    fmt::print("{} lives, 0 failed\n", totals.lives);
    return 0;
  }
  fmt::print("seed {} fails after {} lives\n", *totals.failing_seed, totals.lives);
  for (const std::string& failure : totals.failures) fmt::print("{}\n", failure);
  return 1;
}
