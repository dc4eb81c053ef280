// Central stores that are restored from older copies, replaced, and exchanged: in every second
// life.
#include "sim/plan.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kSalt = 0x5706e5;
constexpr Act kActsOfStores[] = {Act::kCopyStore,    Act::kCopyStore,    Act::kRestoreStore,
                                 Act::kRestoreStore, Act::kReplaceStore, Act::kMoveGate,
                                 Act::kMoveGate,     Act::kMoveBack};

}  // namespace

void AddStoreChanges(Plan& plan) {
  SeededRandom random(plan.seed ^ kSalt);
  // What has left a journal with its segment, a store that lost it can't be sent again.
  if (random.Below(2) == 0 || plan.retention_days > 0) return;
  Sprinkle(plan, random, 1 + random.Below(6), [](Random& drawn) {
    Operation operation;
    operation.act = kActsOfStores[drawn.Below(std::size(kActsOfStores))];
    operation.a = drawn.Below(3) == 0 ? 0 : drawn.Below(60'000);
    operation.b = drawn.Below(4);
    return operation;
  });
}

}  // namespace tamtap::sim
