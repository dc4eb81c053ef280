// Faults on the way to the central store, against real ones. Ways to run it:
//
//   chaos_test scenarios [--count N] [--seed FIRST] [--parallel N] [--verbose]
//   chaos_test bytes [--stride N] [--parallel N]
//   chaos_test recovery [--outage MS]
//   chaos_test gates [--count ORDERS] [--seed SEED]
//   chaos_test describe --seed SEED
//
// A failing scenario prints its seed and the command that runs it again.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <thread>

#include "base/log.h"
#include "base/mutex.h"
#include "chaos/every_byte.h"
#include "chaos/recovery.h"
#include "chaos/scenario.h"
#include "chaos/ten_gates.h"

namespace tamtap::chaos {
namespace {

struct Arguments {
  uint64_t seed = 1;
  int count = 1000;
  int parallel = 16;
  size_t stride = 1;
  bool verbose = false;
  int outage_ms = 5000;
};

struct Sum {
  Mutex mutex;
  int failed GUARDED_BY(mutex) = 0;
  size_t taps GUARDED_BY(mutex) = 0;
  int64_t resets GUARDED_BY(mutex) = 0;
  int64_t replays GUARDED_BY(mutex) = 0;
  int of_kind[2] GUARDED_BY(mutex) = {0, 0};
};

bool RunScenarios(Backends& backends, ChaosProxy& proxy, const Arguments& arguments) {
  Sum sum;
  std::atomic<int> next{0};
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int lane = 0; lane < std::min(arguments.parallel, arguments.count); ++lane) {
      threads.emplace_back([&, lane] {
        for (int place = next++; place < arguments.count; place = next++) {
          const uint64_t seed = arguments.seed + static_cast<uint64_t>(place);
          const auto start = std::chrono::steady_clock::now();
          const ScenarioResult result = RunScenario(backends, proxy, seed, place, lane);
          const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
          MutexLock lock(sum.mutex);
          sum.taps += result.taps;
          sum.resets += result.resets;
          sum.replays += result.replays;
          ++sum.of_kind[static_cast<size_t>(result.kind)];
          if (arguments.verbose) fmt::print("{:.2f} s {}\n", took.count(), Describe(seed));
          if (result.wrong.empty()) continue;
          ++sum.failed;
          fmt::print(
              "FAILED: {}\n  {}\n  again: build/tests/chaos_test scenarios --count 1 --seed {}\n",
              result.wrong, Describe(seed), seed);
        }
      });
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  MutexLock lock(sum.mutex);
  fmt::print(
      "{} scenarios from seed {} ({} mongodb, {} http), {} taps, {} aimed resets, {} requests "
      "replayed: {} failed, in {:.1f} s\n",
      arguments.count, arguments.seed, sum.of_kind[0], sum.of_kind[1], sum.taps, sum.resets,
      sum.replays, sum.failed, took.count());
  return sum.failed == 0;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("faults on the way to the central store");
  app.require_subcommand(1);
  CLI::App* const scenarios = app.add_subcommand("scenarios");
  scenarios->add_option("--count", arguments.count);
  scenarios->add_option("--seed", arguments.seed);
  scenarios->add_option("--parallel", arguments.parallel);
  scenarios->add_flag("--verbose", arguments.verbose);
  CLI::App* const bytes = app.add_subcommand("bytes");
  bytes->add_option("--stride", arguments.stride);
  bytes->add_option("--parallel", arguments.parallel);
  CLI::App* const recovery = app.add_subcommand("recovery");
  recovery->add_option("--outage", arguments.outage_ms, "milliseconds");
  CLI::App* const gates = app.add_subcommand("gates");
  gates->add_option("--count", arguments.count, "orders in which the gates come back");
  gates->add_option("--seed", arguments.seed);
  CLI::App* const describe = app.add_subcommand("describe");
  describe->add_option("--seed", arguments.seed);
  CLI11_PARSE(app, argc, argv);

  if (describe->parsed()) {
    fmt::print("{}\n", Describe(arguments.seed));
    return 0;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (!SetLogLevel("error")) return 1;  // the faults are meant
  const auto backends = Backends::Start();
  const auto proxy = ChaosProxy::Start();
  if (!backends || !proxy) {
    fmt::print("FAILED: {}\n", (backends ? proxy.error() : backends.error()).Message());
    return 1;
  }
  bool well = true;
  if (scenarios->parsed()) well = RunScenarios(**backends, **proxy, arguments);
  if (recovery->parsed()) {
    well = RecoverFromOutages(**backends, **proxy, std::chrono::milliseconds(arguments.outage_ms));
  }
  if (gates->parsed()) well = TenGatesComeBack(**backends, arguments.seed, arguments.count);
  if (bytes->parsed()) {
    for (const Kind kind : {Kind::kMongo, Kind::kHttp}) {
      well =
          ResetAtEveryByte(**backends, **proxy, kind, arguments.stride, arguments.parallel) && well;
    }
  }
  return well ? 0 : 1;
}

}  // namespace
}  // namespace tamtap::chaos

int main(int argc, char** argv) { return tamtap::chaos::Main(argc, argv); }
