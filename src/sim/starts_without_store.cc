// Gates that start while their store can't be opened: a database that is locked, a disk that is
// full, name servers that do not answer.
#include "sim/plan.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kSalt = 0x73746f7265;
constexpr uint64_t kLongestMs = 120'000;

}  // namespace

void AddStartsWithoutStore(Plan& plan) {
  SeededRandom random(SeededRandom(plan.seed ^ kSalt).Next64());
  Sprinkle(plan, random, random.Below(3), [](Random& drawn) {
    Operation operation;
    operation.act = Act::kStartWithoutStore;
    operation.a = drawn.Below(kLongestMs);
    return operation;
  });
}

}  // namespace tamtap::sim
