#include "sim/plan.h"

#include <fmt/core.h>

#include <numeric>

#include "base/random.h"
#include "sim/clock_trouble.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kDeparturesSalt = 0x6c65617665;

struct Kind {
  Act act;
  const char* name;
  uint64_t weight;
};

// Taps are what it is about; each fault comes about once or twice in a life of 80 operations.
// Those without a weight are a subject's own, which adds them itself (Sprinkle).
constexpr Kind kKinds[] = {
    {Act::kTap, "tap", 340},
    {Act::kTapDuringCall, "tap during a call", 50},
    {Act::kPass, "time passes", 130},
    {Act::kMaintain, "maintain", 50},
    {Act::kPowerCut, "power cut", 25},
    {Act::kPowerCutAt, "power cut at a disk call", 25},
    {Act::kKill, "kill", 12},
    {Act::kKillAt, "kill at a disk call", 12},
    {Act::kFailCalls, "disk calls fail", 30},
    {Act::kMendDisk, "disk mended", 15},
    {Act::kFillDisk, "disk full", 10},
    {Act::kFreeDisk, "disk freed", 10},
    {Act::kRot, "bit rot", 5},
    {Act::kBackUp, "back up", 4},
    {Act::kRestore, "restore", 4},
    {Act::kSetClock, "set the clock", 14},
    {Act::kNetwork, "network", 40},
    {Act::kLoseReplies, "lose replies", 14},
    {Act::kStoreDown, "store down", 10},
    {Act::kStoreCrash, "store crashes", 12},
    {Act::kStoreBusy, "store busy", 5},
    {Act::kStoreDenies, "store denies", 4},
    {Act::kRefusePerson, "store refuses a person", 8},
    {Act::kRetryPerson, "store puts a person off", 10},
    {Act::kRequeue, "requeue", 5},
    {Act::kLoseWakes, "lose wakes", 10},
    // Those without a weight are a subject's own, which adds them itself (Sprinkle).
    {Act::kCopyStore, "copy the store", 0},
    {Act::kRestoreStore, "restore the store", 0},
    {Act::kReplaceStore, "replace the store", 0},
    {Act::kMoveGate, "move the gate", 0},
    {Act::kMoveBack, "move the gate back", 0},
    {Act::kStartWithoutStore, "start without the store", 0},
    {Act::kUnplug, "unplug the mirror", 0},
    {Act::kPlug, "plug the mirror in", 0},
    {Act::kNewStick, "new mirror", 0},
    {Act::kSwapStick, "swap mirrors", 0},
    {Act::kForeignStick, "foreign mirror", 0},
    {Act::kKeepStick, "remember the mirror", 0},
    {Act::kStaleStick, "yesterday's mirror", 0},
    {Act::kLoseCard, "card dies", 0},
    {Act::kForeignFiles, "foreign files", 0},
    {Act::kStickFails, "mirror fails", 0},
    {Act::kFillStick, "mirror full", 0},
    {Act::kMendStick, "mirror mended", 0},
    {Act::kNight, "a night passes", 0},
    {Act::kOfficeSays, "the office says", 0},
    {Act::kGateSays, "the gate says", 0},
    {Act::kRegister, "somebody is registered at the gate, and taps", 0},
};
static_assert(std::size(kKinds) == kActs);

Act DrawAct(Random& random) {
  const uint64_t total =
      std::accumulate(std::begin(kKinds), std::end(kKinds), uint64_t{0},
                      [](uint64_t sum, const Kind& kind) { return sum + kind.weight; });
  uint64_t drawn = random.Below(total);
  for (const Kind& kind : kKinds) {
    if (drawn < kind.weight) return kind.act;
    drawn -= kind.weight;
  }
  return Act::kPass;
}

Operation Draw(const Plan& plan, Random& random) {
  constexpr uint64_t kLongPass = 90'000;
  Operation operation;
  operation.act = DrawAct(random);
  operation.gate = random.Below(plan.gates);
  operation.random = random.Next64();
  operation.b = random.Below(16);
  switch (operation.act) {
    case Act::kTap:
      operation.a = random.Below(plan.people);
      operation.b = random.Below(4) == 0 ? random.Below(3'000) : random.Below(30);
      break;
    case Act::kTapDuringCall:
    case Act::kRefusePerson:
    case Act::kRetryPerson:
      operation.a = random.Below(plan.people);
      operation.b = 1 + random.Below(4);
      break;
    case Act::kPass:
      operation.a = random.Below(3) == 0 ? random.Below(kLongPass) : random.Below(3'000);
      break;
    case Act::kPowerCut:
      operation.a = random.Below(3);
      break;
    case Act::kPowerCutAt:
    case Act::kKillAt:
      operation.a = 1 + random.Below(random.Below(2) == 0 ? 6 : 60);
      break;
    case Act::kFailCalls:
      operation.a = random.Below(10);
      operation.b = random.Below(4) == 0 ? 0 : 1 + random.Below(3);
      break;
    case Act::kFillDisk:
      operation.a = random.Below(2) == 0 ? random.Below(2'000) : random.Below(30'000);
      break;
    case Act::kRot:
      operation.a = random.Below(3);
      break;
    case Act::kNetwork:
      operation.a = random.Below(2) == 0 ? 0 : random.Below(kNetworkStates);
      break;
    case Act::kLoseReplies:
    case Act::kLoseWakes:
      operation.a = 1 + random.Below(4);
      break;
    case Act::kStoreDown:
    case Act::kStoreBusy:
    case Act::kStoreDenies:
      operation.a = random.Below(120'000);
      break;
    case Act::kStoreCrash:
      operation.a = random.Below(2);
      break;
    case Act::kMaintain:
    case Act::kKill:
    case Act::kMendDisk:
    case Act::kFreeDisk:
    case Act::kBackUp:
    case Act::kRestore:
    case Act::kSetClock:
    case Act::kRequeue:
      break;
    default:
      break;  // never drawn here
  }
  return operation;
}

}  // namespace

std::string ToString(const Operation& operation) {
  return fmt::format("gate-{} {} (a={} b={} random={:x})", operation.gate + 1,
                     kKinds[static_cast<size_t>(operation.act)].name, operation.a, operation.b,
                     operation.random);
}

std::string ToString(const Plan& plan) {
  std::string text = fmt::format(
      "seed {}: {} gates, {} people, segments of {}, retention {} days, {}, {} store{}, batch "
      "{}{}{}{}{}\n",
      plan.seed, plan.gates, plan.people, plan.segment_bytes, plan.retention_days,
      plan.mirror ? "mirror" : "no mirror", plan.store == StoreKind::kSqlite ? "SQLite" : "memory",
      plan.through_server ? " behind a server" : "", plan.batch,
      plan.ends_with_power_cut ? ", power cut before the end" : "",
      plan.mends_refusals ? ", refusals mended" : "",
      plan.store_tells_time ? ", the store tells the time" : "",
      plan.departures_after_minutes > 0
          ? fmt::format(", departures after {} min", plan.departures_after_minutes)
          : "");
  for (const Operation& operation : plan.operations) text += "  " + ToString(operation) + "\n";
  return text;
}

Plan MakePlan(uint64_t seed, size_t steps) {
  // Drawn from the seed, not it: neighbours would be one sequence, shifted.
  SeededRandom random(SeededRandom(seed).Next64());
  Plan plan;
  plan.seed = seed;
  plan.gates = 1 + random.Below(4);
  plan.people = 6 + random.Below(40);
  plan.segment_bytes = uint64_t{3'000} << random.Below(4);
  plan.retention_days = random.Below(4) == 0 ? 1 : 0;
  plan.mirror = random.Below(5) == 0;
  plan.store = random.Below(3) == 0 ? StoreKind::kSqlite : StoreKind::kMemory;
  plan.batch = random.Below(2) == 0 ? 500 : 1 + random.Below(6);
  plan.ends_with_power_cut = random.Below(4) != 0;
  plan.mends_refusals = random.Below(2) == 0;
  // From a sequence of its own, so that the lives that seeds stood for stay what they were.
  SeededRandom also(~SeededRandom(seed).Next64());
  plan.through_server = also.Below(3) == 0;
  for (size_t i = 0; i < steps; ++i) plan.operations.push_back(Draw(plan, random));
  SeededRandom departures(SeededRandom(seed ^ kDeparturesSalt).Next64());
  if (departures.Below(3) == 0) {
    plan.departures_after_minutes = 1 + static_cast<int>(departures.Below(30));
  }
  AddStoreChanges(plan);
  AddStartsWithoutStore(plan);
  AddMirrors(plan);
  AddClockTrouble(plan);
  AddSchoolChanges(plan);
  AddRegistrations(plan);
  return plan;
}

void Sprinkle(Plan& plan, Random& random, size_t count,
              const std::function<Operation(Random&)>& draw) {
  for (size_t i = 0; i < count; ++i) {
    Operation operation = draw(random);
    operation.gate = random.Below(plan.gates);
    operation.random = random.Next64();
    const auto place = static_cast<ptrdiff_t>(random.Below(plan.operations.size() + 1));
    plan.operations.insert(plan.operations.begin() + place, operation);
  }
}

}  // namespace tamtap::sim
