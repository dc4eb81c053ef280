// `simulation`: production's own code through power cuts, bad disks and bad networks in a simulated
// world, by seed (docs/simulation.md). A program of the project, not of the product; it is linked
// once more for each planted bug. Exit codes: 0 every life was kept, 1 one failed, 2 usage.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>

#include "base/log.h"
#include "sim/simulate.h"

namespace tamtap::sim {
namespace {

namespace json = boost::json;

constexpr int kKept = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct Arguments {
  uint64_t seed = 1;
  uint64_t seeds = 1;
  size_t steps = kDefaultSteps;
  bool trace = false;
  bool compare = false;
  bool shrink = true;
  bool brief = false;
  bool json = false;
  std::string log_level = "off";  // the code under test has much to say about what is done to it
};

void Print(const json::value& value) { fmt::print("{}\n", json::serialize(value)); }

// The failing life, as small as it gets, and what happened in it.
int Explain(uint64_t seed, const Arguments& arguments) {
  const ScratchDirectory scratch;
  Plan plan = MakePlan(seed, arguments.steps);
  Verdicts verdicts = LiveThrough(plan, scratch.path(), /*with_trace=*/true);
  const size_t operations = plan.operations.size();
  if (!verdicts.failures.empty() && arguments.shrink) {
    // The same promise must break, or one failure turns into another on the way.
    const std::string promise = verdicts.failures.front().substr(0, 2);
    plan = Shrink(std::move(plan), [&](const Plan& candidate) {
      const auto failures = LiveThrough(candidate, scratch.path()).failures;
      return !failures.empty() && failures.front().substr(0, 2) == promise;
    });
    verdicts = LiveThrough(plan, scratch.path(), /*with_trace=*/true);
  }
  const int code = verdicts.failures.empty() ? kKept : kFailed;
  if (arguments.json) {
    json::object object{{"seed", seed},
                        {"digest", fmt::format("{:016x}", verdicts.digest)},
                        {"operations", operations},
                        {"smallest", plan.operations.size()}};
    json::array& failures = object["failures"].emplace_array();
    for (const std::string& failure : verdicts.failures) failures.emplace_back(failure);
    json::array& trace = object["trace"].emplace_array();
    for (const std::string& line : verdicts.trace) trace.emplace_back(line);
    Print(object);
    return code;
  }
  fmt::print("{}\n", ToString(plan));
  for (const std::string& line : verdicts.trace) fmt::print("{}\n", line);
  fmt::print("\nseed {}: {} of {} operations, digest {:016x}\n", seed, plan.operations.size(),
             operations, verdicts.digest);
  for (const std::string& failure : verdicts.failures) fmt::print("FAILED {}\n", failure);
  return code;
}

int CompareBoth(const Arguments& arguments) {
  const Comparison both = Compare(arguments.seed, arguments.seeds, arguments.steps);
  if (arguments.json) {
    const auto object = [](const Checker::Counts& counts) {
      return json::object{{"acknowledged", counts.acknowledged},
                          {"lost", counts.lost},
                          {"waiting", counts.waiting},
                          {"twice", counts.twice},
                          {"gone_with_their_medium", counts.excused}};
    };
    Print(json::object{{"lives", arguments.seeds},
                       {"tamtap", object(both.tamtap)},
                       {"predecessor", object(both.predecessor)}});
    return kKept;
  }
  fmt::print("| in {} lives | TamTap | before |\n| --- | ---: | ---: |\n", arguments.seeds);
  const auto row = [](const char* what, uint64_t tamtap, uint64_t predecessor) {
    fmt::print("| {} | {} | {} |\n", what, tamtap, predecessor);
  };
  row("taps that SUCCESS was shown for", both.tamtap.acknowledged, both.predecessor.acknowledged);
  row("of them not in the store in the end", both.tamtap.lost, both.predecessor.lost);
  row("still waiting at the gates, with refused ones", both.tamtap.waiting,
      both.predecessor.waiting);
  row("stored once more than once", both.tamtap.twice, both.predecessor.twice);
  row("gone with a medium that rotted or was replaced", both.tamtap.excused,
      both.predecessor.excused);
  return kKept;
}

int LiveAll(const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  const Totals totals = LiveMany(arguments.seed, arguments.seeds, arguments.steps);
  if (totals.failing_seed) {
    if (!arguments.json) {
      fmt::print("seed {} fails after {} lives\n", *totals.failing_seed, totals.lives);
    }
    if (!arguments.brief) return Explain(*totals.failing_seed, arguments);
    for (const std::string& failure : totals.failures) fmt::print("{}\n", failure);
    return kFailed;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (arguments.json) {
    Print(json::object{{"lives", totals.lives},
                       {"failed", 0},
                       {"taps", totals.taps},
                       {"gone_with_their_medium", totals.excused},
                       {"seconds", seconds}});
    return kKept;
  }
  fmt::print(
      "{} lives, 0 failed: {} acknowledged taps, {} of them gone with a medium that "
      "rotted or was replaced and said to be; {:.1f} s\n",
      totals.lives, totals.taps, totals.excused, seconds);
  return kKept;
}

}  // namespace
}  // namespace tamtap::sim

int main(int argc, char** argv) {
  using namespace tamtap;
  using namespace tamtap::sim;
  Arguments arguments;
  CLI::App app("TamTap's own code on simulated disks, clocks and networks, by seed", "simulation");
  app.add_option("--seed", arguments.seed, "The first seed")->capture_default_str();
  app.add_option("--seeds", arguments.seeds, "How many, one after the other")
      ->capture_default_str();
  app.add_option("--steps", arguments.steps, "Operations a life")->capture_default_str();
  app.add_flag("--trace", arguments.trace, "Show one life; a failing one is shrunk first");
  app.add_flag("!--no-shrink", arguments.shrink, "Show a failing life as it is");
  app.add_flag("--brief", arguments.brief, "Of a failing life say only what broke");
  app.add_flag("--compare", arguments.compare,
               "Count what the system before TamTap loses in the same lives");
  app.add_flag("--json", arguments.json, "One JSON object in place of lines");
  app.add_option("--log-level", arguments.log_level, "What the gates' logs say meanwhile")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kKept : kUsage;
  }
  if (const auto level = SetLogLevel(arguments.log_level); !level) {
    fmt::print(stderr, "simulation: {}\n", level.error().Message());
    return kUsage;
  }
  if (arguments.compare) return CompareBoth(arguments);
  if (arguments.trace) return Explain(arguments.seed, arguments);
  return LiveAll(arguments);
}
