#include <fmt/core.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/log.h"
#include "base/test_rounds.h"
#include "sim/simulate.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kSeeds = Rounds(1'000);

class SimulationTest : public ::testing::Test {
 protected:
  // The production code says much about a thousand failing disks.
  void SetUp() override { ASSERT_TRUE(SetLogLevel("off")); }
  const ScratchDirectory scratch_;
};

TEST_F(SimulationTest, AThousandLivesLoseNothingAndDoubleNothing) {
  const Totals totals = LiveMany(1, kSeeds, kDefaultSteps);
  fmt::print("{} lives, {} acknowledged taps, {} of them gone with their medium and said to be\n",
             totals.lives, totals.taps, totals.excused);
  EXPECT_FALSE(totals.failing_seed)
      << "tamtap simulate --trace --seed " << *totals.failing_seed << "\n"
      << totals.failures.front();
  EXPECT_EQ(totals.lives, kSeeds);
  EXPECT_GT(totals.taps, kSeeds * 10);
}

TEST_F(SimulationTest, SeedsThatOnceFailedDoSoNoMore) {
  for (const uint64_t seed : {
           11'100u,  // the checker held a tap to a void that had rotted
           13'267u,  // the checker held a gate to days that a jumping clock had retired
           43'343u,  // a refused tap was a duplicate: its void stood in a skipped segment
       }) {
    Plan plan = MakePlan(seed, kDefaultSteps);
    plan.through_server = false;  // there was none yet
    const Verdicts verdicts = LiveThrough(plan, scratch_.path());
    EXPECT_TRUE(verdicts.failures.empty()) << seed << ": " << verdicts.failures.front();
  }
}

TEST_F(SimulationTest, SeedsThatFailedSinceThereIsAServerDoSoNoMore) {
  for (const uint64_t seed : {
           25'750u,  // nobody could read the one tap that told that the store went back
           26'829u,  // a server forgot who had been registered, and no tap was missing that told so
           58'938u,  // a mirror brought back a tap that was refused, for its write had failed
           39'707u,  // what a store held before it went back was taken for checked after a restart
           100'563u,  // another store's name could not be written down, and it was never met again
           103'705u,  // an old copy's seal called an acknowledged tap void
           126'569u,  // the rest of a longer seal behind a shorter one was reported as a loss
           134'284u,  // the same
           138'592u,  // a journal without its first line was given up for foreign files beside it
           192'783u,  // what a flush failed for was read back from the mirror, and believed
       }) {
    const Verdicts verdicts = LiveThrough(MakePlan(seed, kDefaultSteps), scratch_.path());
    EXPECT_TRUE(verdicts.failures.empty()) << seed << ": " << verdicts.failures.front();
  }
}

TEST_F(SimulationTest, TheSameSeedIsTheSameLife) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Plan plan = MakePlan(seed, kDefaultSteps);
    const Verdicts first = LiveThrough(plan, scratch_.path(), /*with_trace=*/true);
    const Verdicts again = LiveThrough(plan, scratch_.path());
    EXPECT_EQ(first.digest, again.digest) << seed;
    EXPECT_GT(first.trace.size(), plan.operations.size()) << seed;
  }
}

TEST_F(SimulationTest, AFailingPlanShrinksToWhatMatters) {
  const Plan plan = MakePlan(7, kDefaultSteps);
  const auto fails = [](const Plan& candidate) {
    uint64_t cuts = 0;
    bool full = false;
    for (const Operation& operation : candidate.operations) {
      cuts += operation.act == Act::kPowerCut ? 1 : 0;
      full |= operation.act == Act::kMaintain;
    }
    return cuts >= 2 && full;
  };
  ASSERT_TRUE(fails(plan));
  EXPECT_EQ(Shrink(plan, fails).operations.size(), 3u);
}

TEST_F(SimulationTest, TheSystemBeforeTamTapFailsInTheSamePlans) {
  const Comparison comparison = Compare(1, 20, kDefaultSteps);
  EXPECT_EQ(comparison.tamtap.lost, 0u);
  EXPECT_EQ(comparison.tamtap.twice, 0u);
  EXPECT_GT(comparison.predecessor.lost, 0u);
}

}  // namespace
}  // namespace tamtap::sim
