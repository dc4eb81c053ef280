// `tamtap simulate`: this program's own code through power cuts, bad disks and bad networks in a
// simulated world (docs/simulation.md).
#include <fmt/core.h>

#include <boost/json.hpp>
#include <chrono>

#include "base/log.h"
#include "cli/command.h"
#include "sim/simulate.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

struct Arguments {
  uint64_t seed = 1;
  uint64_t seeds = 1;
  size_t steps = sim::kDefaultSteps;
  bool trace = false;
  bool compare = false;
  bool shrink = true;
};

// The failing life, as small as it gets, and what happened in it.
int Explain(uint64_t seed, const Settings& settings, const Arguments& arguments) {
  const sim::ScratchDirectory scratch;
  sim::Plan plan = sim::MakePlan(seed, arguments.steps);
  sim::Verdicts verdicts = sim::LiveThrough(plan, scratch.path(), /*with_trace=*/true);
  const size_t operations = plan.operations.size();
  if (!verdicts.failures.empty() && arguments.shrink) {
    // The same promise must break, or one failure turns into another on the way.
    const std::string promise = verdicts.failures.front().substr(0, 2);
    plan = sim::Shrink(std::move(plan), [&](const sim::Plan& candidate) {
      const auto failures = sim::LiveThrough(candidate, scratch.path()).failures;
      return !failures.empty() && failures.front().substr(0, 2) == promise;
    });
    verdicts = sim::LiveThrough(plan, scratch.path(), /*with_trace=*/true);
  }
  const int code = verdicts.failures.empty() ? kDone : kProblem;
  if (settings.json) {
    json::object object{{"seed", seed},
                        {"digest", fmt::format("{:016x}", verdicts.digest)},
                        {"operations", operations},
                        {"smallest", plan.operations.size()}};
    json::array& failures = object["failures"].emplace_array();
    for (const std::string& failure : verdicts.failures) failures.emplace_back(failure);
    json::array& trace = object["trace"].emplace_array();
    for (const std::string& line : verdicts.trace) trace.emplace_back(line);
    Print(json::serialize(object) + "\n");
    return code;
  }
  Print(sim::ToString(plan) + "\n");
  for (const std::string& line : verdicts.trace) Print(line + "\n");
  Print(fmt::format("\nseed {}: {} of {} operations, digest {:016x}\n", seed,
                    plan.operations.size(), operations, verdicts.digest));
  for (const std::string& failure : verdicts.failures) Print("FAILED " + failure + "\n");
  return code;
}

int CompareBoth(const Settings& settings, const Arguments& arguments) {
  const sim::Comparison both = sim::Compare(arguments.seed, arguments.seeds, arguments.steps);
  if (settings.json) {
    const auto object = [](const sim::Checker::Counts& counts) {
      return json::object{{"acknowledged", counts.acknowledged},
                          {"lost", counts.lost},
                          {"waiting", counts.waiting},
                          {"twice", counts.twice},
                          {"gone_with_their_medium", counts.excused}};
    };
    Print(json::serialize(json::object{{"lives", arguments.seeds},
                                       {"tamtap", object(both.tamtap)},
                                       {"predecessor", object(both.predecessor)}}) +
          "\n");
    return kDone;
  }
  Print(fmt::format("| in {} lives | TamTap | before |\n| --- | ---: | ---: |\n", arguments.seeds));
  const auto row = [](const char* what, uint64_t tamtap, uint64_t predecessor) {
    Print(fmt::format("| {} | {} | {} |\n", what, tamtap, predecessor));
  };
  row("taps that SUCCESS was shown for", both.tamtap.acknowledged, both.predecessor.acknowledged);
  row("of them not in the store in the end", both.tamtap.lost, both.predecessor.lost);
  row("still waiting at the gates, with refused ones", both.tamtap.waiting,
      both.predecessor.waiting);
  row("stored once more than once", both.tamtap.twice, both.predecessor.twice);
  row("gone with a medium that rotted or was replaced", both.tamtap.excused,
      both.predecessor.excused);
  return kDone;
}

int Simulate(const Settings& settings, const Arguments& arguments) {
  // The code under test has much to say about what is done to it; `--log-level` brings it back.
  if (settings.log_level == Settings().log_level) {
    if (const auto quiet = SetLogLevel("off"); !quiet) return Fail(quiet.error());
  }
  if (arguments.compare) return CompareBoth(settings, arguments);
  if (arguments.trace) return Explain(arguments.seed, settings, arguments);
  const auto begin = std::chrono::steady_clock::now();
  const sim::Totals totals = sim::LiveMany(arguments.seed, arguments.seeds, arguments.steps);
  if (totals.failing_seed) {
    if (!settings.json) {
      Print(fmt::format("seed {} fails after {} lives\n", *totals.failing_seed, totals.lives));
    }
    return Explain(*totals.failing_seed, settings, arguments);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (settings.json) {
    Print(json::serialize(json::object{{"lives", totals.lives},
                                       {"failed", 0},
                                       {"taps", totals.taps},
                                       {"gone_with_their_medium", totals.excused},
                                       {"seconds", seconds}}) +
          "\n");
    return kDone;
  }
  Print(
      fmt::format("{} lives, 0 failed: {} acknowledged taps, {} of them gone with a medium that "
                  "rotted or was replaced and said to be; {:.1f} s\n",
                  totals.lives, totals.taps, totals.excused, seconds));
  return kDone;
}

}  // namespace

void AddSimulate(CLI::App& app, Settings& settings, Action& action) {
  static Arguments arguments;
  CLI::App* const simulate = app.add_subcommand(
      "simulate", "Try this program on simulated disks, clocks and networks, by seed");
  AddCommonFlags(*simulate, settings);
  simulate->add_option("--seed", arguments.seed, "The first seed")->capture_default_str();
  simulate->add_option("--seeds", arguments.seeds, "How many, one after the other")
      ->capture_default_str();
  simulate->add_option("--steps", arguments.steps, "Operations a life")->capture_default_str();
  simulate->add_flag("--trace", arguments.trace, "Show one life; a failing one is shrunk first");
  simulate->add_flag("!--no-shrink", arguments.shrink, "Show a failing life as it is");
  simulate->add_flag("--compare", arguments.compare,
                     "Count what the system before TamTap loses in the same lives");
  simulate->callback([&] { action = [&] { return Simulate(settings, arguments); }; });
}

}  // namespace tamtap::cli
