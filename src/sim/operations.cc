// What happens in a life: taps, time, power, clocks, and the store.
#include "sim/clock_trouble.h"
#include "sim/world.h"

namespace tamtap::sim {
namespace {

constexpr int64_t kMs = 1'000;
constexpr int64_t kSecond = 1'000 * kMs;

}  // namespace

void World::CarryOut(const Operation& operation) {
  Station& station = *stations_[operation.gate];
  station.link.Reseed(operation.random);
  station.fates = SeededRandom(operation.random + 1);
  Note(ToString(operation));
  switch (operation.act) {
    case Act::kTap:
      Pass(static_cast<int64_t>(operation.b) * kMs);
      Tap(operation.gate, operation.a);
      return BuryTheDead(operation.gate);
    case Act::kTapDuringCall:
      return station.taps_during_call.push_back(operation.a);
    case Act::kPass:
      return Pass(static_cast<int64_t>(operation.a) * kMs);
    case Act::kMaintain:
      if (station.gate) station.gate->Maintain();
      station.is_mirrored = station.gate && station.mounted.stick() && !station.faults.dead &&
                            station.stick_faults.left == 0 &&
                            station.gate->Status().mirror_problem.empty();
      return BuryTheDead(operation.gate);
    case Act::kPowerCut:
    case Act::kKill:
    case Act::kPowerCutAt:
    case Act::kKillAt:
      return CarryOutPowerLoss(operation);
    case Act::kFailCalls:
    case Act::kMendDisk:
    case Act::kFillDisk:
    case Act::kFreeDisk:
    case Act::kRot:
    case Act::kBackUp:
    case Act::kRestore:
      return CarryOutOnDisk(operation);
    case Act::kSetClock:
      if (plan_.retention_days > 0 && SaysADayTooMuch(operation.b)) {
        checker_.OnClockJumpWithRetention(operation.gate);
      }
      return SetClock(operation.gate, operation.b);
    case Act::kNetwork:
    case Act::kLoseReplies:
    case Act::kStoreDown:
    case Act::kStoreCrash:
    case Act::kStoreBusy:
    case Act::kStoreDenies:
    case Act::kRefusePerson:
    case Act::kRetryPerson:
      return CarryOutAtStore(operation);
    case Act::kOfficeSays:
    case Act::kGateSays:
      return CarryOutOnSchool(operation);
    case Act::kRegister:
      return Register(operation);
    case Act::kRequeue:
      if (station.gate) station.gate->Requeue();
      return BuryTheDead(operation.gate);
    case Act::kLoseWakes:
      station.lose_wakes = operation.a;
      return;
    case Act::kNight:
      // Monotonic time counts sleep too.
      now_us_ += static_cast<int64_t>(operation.a) * 60 * kSecond;
      return Pass(0);
    case Act::kCopyStore:
    case Act::kRestoreStore:
    case Act::kReplaceStore:
    case Act::kMoveGate:
    case Act::kMoveBack:
      return CarryOutStoreChange(operation);
    case Act::kStartWithoutStore:
      front_.closed_until_us = now_us_ + static_cast<int64_t>(operation.a) * kMs;
      return Stop(operation.gate, false, false);
    case Act::kUnplug:
    case Act::kPlug:
    case Act::kNewStick:
    case Act::kSwapStick:
    case Act::kForeignStick:
    case Act::kKeepStick:
    case Act::kStaleStick:
    case Act::kLoseCard:
    case Act::kForeignFiles:
    case Act::kStickFails:
    case Act::kFillStick:
    case Act::kMendStick:
      return CarryOutOnMirror(operation);
  }
}

void World::CarryOutPowerLoss(const Operation& operation) {
  Station& station = *stations_[operation.gate];
  switch (operation.act) {
    case Act::kPowerCut:
      station.clock_after = operation.b;
      return Stop(operation.gate, true, operation.a == 0);
    case Act::kKill:
      return Stop(operation.gate, false, false);
    case Act::kPowerCutAt:
    case Act::kKillAt:
      station.faults.dies_at_call = operation.a;
      station.faults.power = operation.act == Act::kPowerCutAt;
      station.faults.losing_all = operation.b % 3;
      station.clock_after = operation.b;
      return;
    default:
      return;
  }
}

void World::CarryOutAtStore(const Operation& operation) {
  Station& station = *stations_[operation.gate];
  switch (operation.act) {
    case Act::kNetwork:
      station.link.state = static_cast<NetworkState>(operation.a);
      return;
    case Act::kLoseReplies:
      station.link.lose_replies = operation.a;
      return;
    case Act::kStoreDown:
      front_.down_until_us = now_us_ + static_cast<int64_t>(operation.a) * kMs;
      return;
    case Act::kStoreCrash:
      front_.crash = operation.a == 1;
      return;
    case Act::kStoreBusy:
      front_.busy_until_us = now_us_ + static_cast<int64_t>(operation.a) * kMs;
      return;
    case Act::kStoreDenies:
      front_.denies_until_us = now_us_ + static_cast<int64_t>(operation.a) * kMs;
      return;
    case Act::kRefusePerson:
      front_.refused.insert(school_.people[operation.a].person);
      return;
    case Act::kRetryPerson:
      front_.put_off[school_.people[operation.a].person] = operation.b;
      return;
    default:
      return;
  }
}

void World::SetClock(size_t gate, uint64_t way) {
  GateClock& clock = stations_[gate]->clock;
  sim::SetClock(clock, way);
  if (clock.IsLie()) checker_.OnLie(gate);
}

}  // namespace tamtap::sim
