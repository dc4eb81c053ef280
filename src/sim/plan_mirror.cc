// What happens to mirrors in a life: sticks that come and go, are swapped, foreign, stale, full and
// failing; cards that die; files of another journal. And retention, in most lives.
#include <algorithm>

#include "sim/plan.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kSalt = 0x6D6972726F72;  // "mirror"

constexpr Act kMirrorActs[] = {
    Act::kUnplug,     Act::kUnplug,     Act::kPlug,      Act::kPlug,      Act::kPlug,
    Act::kPlug,       Act::kNewStick,   Act::kSwapStick, Act::kSwapStick, Act::kForeignStick,
    Act::kKeepStick,  Act::kStaleStick, Act::kLoseCard,  Act::kLoseCard,  Act::kForeignFiles,
    Act::kStickFails, Act::kStickFails, Act::kFillStick, Act::kMendStick, Act::kMendStick,
};

Operation DrawMirrorOperation(Random& random) {
  Operation operation;
  operation.act = kMirrorActs[random.Below(std::size(kMirrorActs))];
  operation.a = random.Below(1'000'000);
  operation.b = random.Below(16);
  return operation;
}

}  // namespace

void AddMirrors(Plan& plan) {
  SeededRandom random(SeededRandom(plan.seed ^ kSalt).Next64());
  // What left a gate by its wrong clock can't be offered to a store that went back.
  const bool store_goes_back =
      std::any_of(plan.operations.begin(), plan.operations.end(), [](const Operation& operation) {
        return operation.act == Act::kRestoreStore || operation.act == Act::kReplaceStore ||
               operation.act == Act::kMoveGate;
      });
  plan.retention_days = !store_goes_back && random.Below(8) != 0 ? 1 : 0;
  plan.mirror = random.Below(2) == 0;
  const uint64_t most = random.Below(3) == 0 ? 12 : 6;
  if (plan.mirror) Sprinkle(plan, random, random.Below(most + 1), DrawMirrorOperation);
}

}  // namespace tamtap::sim
