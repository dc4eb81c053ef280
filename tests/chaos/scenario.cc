#include "chaos/scenario.h"

#include <fmt/core.h>

#include <thread>

#include "base/check.h"
#include "chaos/expected.h"
#include "chaos/gate.h"
#include "tap/example_record.h"

namespace tamtap::chaos {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{30'000};

struct PlannedTap {
  size_t gate;
  std::string card;
  int64_t after_us;  // of the day's start: the instant the tap says
  int wait_ms;       // before it is tapped
};

struct Scenario {
  Kind kind = Kind::kMongo;
  size_t gates = 2;
  SyncOptions sync;
  std::vector<PlannedTap> backlog;  // before the sync starts
  std::vector<PlannedTap> taps;     // amid the faults
  int restart = -1;                 // the tap before which a gate restarts
  json::array phases;
};

json::object DrawFault(Random& random, Kind kind) {
  const auto number = [&](uint64_t low, uint64_t high) {
    return static_cast<int64_t>(low + random.Below(high - low + 1));
  };
  json::object fault{{"for_ms", number(20, 150)}};
  switch (random.Below(12)) {
    case 0:
      fault["delay_ms"] = number(1, 15);
      fault["jitter_ms"] = number(0, 15);
      break;
    case 1:
      fault["rate"] = number(2'000, 60'000);
      break;
    case 2:
      fault["rate"] = 1;
      break;
    case 3:
      fault["refuse"] = true;
      fault["cut"] = random.Below(2) == 0;
      break;
    case 4:
      fault["cut"] = true;
      break;
    case 5:
      fault["silent"] = true;
      break;
    case 6:
      fault["stall"] = true;
      break;
    case 7:
      fault["reset_up"] = number(0, 6'000);
      break;
    case 8:
      fault["reset_down"] = number(0, 800);
      break;
    case 9:
      fault["limit"] = number(1, 2);
      break;
    case 10:
      fault["replay"] = 0.7;
      break;
    default:
      // Aimed at the taps themselves: lost before, in, or after they were stored.
      fault["arm"] = kind == Kind::kHttp ? "POST /api/terminal/records"
                                         : (random.Below(2) == 0 ? "insert" : "update");
      if (random.Below(2) == 0) {
        fault["reset_up"] = number(0, 2'500);
      } else {
        fault["reset_down"] = number(0, 120);
      }
      fault["times"] = number(1, 3);
  }
  return fault;
}

Scenario Draw(uint64_t seed) {
  SeededRandom random(seed);
  for (int i = 0; i < 4; ++i) random.Next64();
  Scenario scenario;
  scenario.kind = random.Below(2) == 0 ? Kind::kMongo : Kind::kHttp;
  scenario.gates = 2 + random.Below(3);
  const size_t batches[] = {1, 3, 8, 500};
  scenario.sync.batch = batches[random.Below(4)];
  scenario.sync.idle = milliseconds(200);
  scenario.sync.probe = milliseconds(20);
  scenario.sync.first_backoff = milliseconds(5);
  scenario.sync.longest_backoff = milliseconds(100);
  const uint64_t people = 2 + random.Below(12);
  const auto draw_tap = [&] {
    // Few instants, so that ties happen; the same person at several gates.
    return PlannedTap{
        random.Below(scenario.gates), fmt::format("{:08X}", 0xC0000000 + random.Below(people)),
        static_cast<int64_t>(random.Below(20)) * 1'000'000, static_cast<int>(random.Below(25))};
  };
  const uint64_t before = random.Below(3) == 0 ? 0 : random.Below(60);
  for (uint64_t i = 0; i < before; ++i) scenario.backlog.push_back(draw_tap());
  const uint64_t during = 4 + random.Below(20);
  for (uint64_t i = 0; i < during; ++i) scenario.taps.push_back(draw_tap());
  if (random.Below(3) == 0) scenario.restart = static_cast<int>(random.Below(during));
  const uint64_t phases = 1 + random.Below(5);
  for (uint64_t i = 0; i < phases; ++i) {
    scenario.phases.push_back(DrawFault(random, scenario.kind));
  }
  return scenario;
}

}  // namespace

std::string Describe(uint64_t seed) {
  const Scenario scenario = Draw(seed);
  return fmt::format("seed {}: {}, {} gates, batches of {}, {} taps before and {} amid {}{}", seed,
                     ToString(scenario.kind), scenario.gates, scenario.sync.batch,
                     scenario.backlog.size(), scenario.taps.size(),
                     json::serialize(scenario.phases),
                     scenario.restart >= 0 ? ", a gate restarts" : "");
}

ScenarioResult RunScenario(Backends& backends, ChaosProxy& proxy, uint64_t seed, int place,
                           int lane) {
  Scenario scenario = Draw(seed);
  ScenarioResult result;
  result.kind = scenario.kind;
  const std::string day = AddDays(kFirstDay, place);
  const std::string database = fmt::format("chaos_{}", place);
  const TestDirectory directory;
  Link link(proxy, backends.PortOf(scenario.kind));
  std::vector<std::unique_ptr<Gate>> gates;
  for (size_t i = 0; i < scenario.gates; ++i) {
    const std::string terminal = fmt::format("lane{}-gate-{}", lane, i + 1);
    gates.push_back(std::make_unique<Gate>(
        terminal, directory.path(),
        [&backends, &scenario, &link, &database, terminal] {
          return backends.OpenThrough(scenario.kind, link.port(), terminal, database);
        },
        scenario.sync));
  }

  std::vector<Record> taps;
  const auto tap = [&](const PlannedTap& planned) {
    Record record =
        OnDay(ExampleRecord(1, planned.card, kExampleMorningUs + planned.after_us), day);
    record.name = fmt::format("{} at {}", planned.card, taps.size());  // no two say the same
    gates[planned.gate]->Tap(record);
    taps.push_back(record);
  };
  for (const PlannedTap& planned : scenario.backlog) tap(planned);
  link.Plan(seed, scenario.phases);
  for (const auto& gate : gates) gate->StartSync();
  for (size_t i = 0; i < scenario.taps.size(); ++i) {
    std::this_thread::sleep_for(milliseconds(scenario.taps[i].wait_ms));
    if (static_cast<int>(i) == scenario.restart) gates[scenario.taps[i].gate]->Restart();
    tap(scenario.taps[i]);
  }
  result.taps = taps.size();

  result.wrong += Drain(gates, kPatience);
  for (const auto& gate : gates) {
    if (const uint64_t quarantined = gate->Status().quarantined; quarantined > 0) {
      result.wrong += fmt::format("{} has {} quarantined; ", gate->terminal(), quarantined);
    }
  }
  gates.clear();
  result.resets = link.Stat("resets");
  result.replays = link.Stat("replays");
  result.wrong += WhatIsWrong(*backends.Observe(scenario.kind, database), taps, day, day);
  if (result.wrong.empty()) backends.Drop(scenario.kind, database);
  return result;
}

}  // namespace tamtap::chaos
