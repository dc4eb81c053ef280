#include "sim/clock_trouble.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kSalt = 0xC10C5;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3'600 * kSecond;
constexpr int64_t kEndOf32BitsUs = 2'147'483'600 * kSecond;  // 2038-01-19

Operation DrawTrouble(Random& random) {
  Operation operation;
  switch (random.Below(4)) {
    case 0:
      operation.act = Act::kNight;
      operation.a = random.Below(3) == 0 ? random.Below(240) : 600 + random.Below(1'200);
      return operation;
    case 1:
      operation.act = Act::kSetClock;
      break;
    default:
      operation.act = Act::kPowerCut;
      operation.a = random.Below(3);
      break;
  }
  operation.b =
      random.Below(2) == 0 ? kIn2038 + random.Below(kLastClockWay - kIn2038 + 1) : random.Below(8);
  return operation;
}

}  // namespace

void SetClock(GateClock& clock, uint64_t way) {
  using Vouch = GateClock::Vouch;
  switch (way < kIn2038 ? way % 8 : way) {
    case kIn1970:
      return clock.ShowAtThisMoment(0, Vouch::kNobody);
    case kBackADay:
      return clock.Jump(-26 * kHour, Vouch::kNobody);
    case kAheadADay:
      return clock.Jump(26 * kHour, Vouch::kNobody);
    case kLiarAhead:
      return clock.Jump(50 * kHour, Vouch::kNetwork);
    case kLiarBack17s:
      return clock.Jump(-17 * kSecond, Vouch::kNetwork);
    case kLiarBack3h:
      return clock.Jump(-3 * kHour, Vouch::kNetwork);
    case kIn2038:
      return clock.ShowAtThisMoment(kEndOf32BitsUs, Vouch::kNobody);
    case kLiarIn2038:
      return clock.ShowAtThisMoment(kEndOf32BitsUs, Vouch::kNetwork);
    case kRightByBattery:
      return clock.SetRight(Vouch::kBattery);
    case kBatteryAheadADay:
      clock.SetRight(Vouch::kBattery);
      return clock.Jump(26 * kHour, Vouch::kBattery);
    case kRightUnvouched:
      return clock.SetRight(Vouch::kNobody);
    default:
      return clock.SetRight(Vouch::kNetwork);
  }
}

bool SaysADayTooMuch(uint64_t way) {
  if (way < kIn2038) return way % 8 == kLiarAhead;
  return way == kLiarIn2038 || way == kBatteryAheadADay;
}

void AddClockTrouble(Plan& plan) {
  SeededRandom random(SeededRandom(plan.seed ^ kSalt).Next64());
  plan.store_tells_time = random.Below(2) == 0;
  if (random.Below(2) == 0) return;
  Sprinkle(plan, random, 1 + random.Below(8), DrawTrouble);
}

}  // namespace tamtap::sim
