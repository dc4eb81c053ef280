#include "base/random.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

TEST(RandomTest, TheSameSeedGivesTheSameSequence) {
  SeededRandom first(7);
  SeededRandom second(7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first.Next64(), second.Next64());
}

TEST(RandomTest, BelowReachesEveryValueAndNoOther) {
  SeededRandom random(1);
  bool seen[6] = {};
  for (int i = 0; i < 1000; ++i) seen[random.Below(6)] = true;
  for (const bool value : seen) EXPECT_TRUE(value);
}

TEST(RandomTest, HexHasTwoDigitsAByteAndTheKernelDoesNotRepeatItself) {
  const std::string first = SystemRandom().Hex(16);
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(first, SystemRandom().Hex(16));
}

}  // namespace
}  // namespace tamtap
