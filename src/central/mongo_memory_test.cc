#include "central/mongo_memory.h"

#include <bson/bson.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

namespace tamtap::central {
namespace {

TEST(MongoMemoryTest, ALengthThatAStrangerTellsTakesNoMemoryAndEndsNoProcess) {
  TakeLargeBlocksLazily();
  // More than this machine has: what the system would refuse, and libbson would die of.
  const auto machine =
      static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
  auto* block = static_cast<char*>(bson_malloc(1000));
  std::memset(block, 'x', 1000);
  block = static_cast<char*>(bson_realloc(block, 4 * machine));
  EXPECT_EQ(LazyBlocks(), 1u);
  EXPECT_EQ(block[999], 'x');
  block[4 * machine - 1] = 'y';
  block = static_cast<char*>(bson_realloc(block, 500));
  EXPECT_EQ(block[499], 'x');
  EXPECT_EQ(LazyBlocks(), 0u);
  bson_free(block);
}

TEST(MongoMemoryTest, BlocksOfBothKindsAreGivenBackAsTheyWereTaken) {
  TakeLargeBlocksLazily();
  void* const small = bson_malloc0(100);
  auto* const large = static_cast<char*>(bson_malloc0(kLazyBlockBytes));
  EXPECT_EQ(large[kLazyBlockBytes - 1], 0);
  EXPECT_EQ(LazyBlocks(), 1u);
  void* const moved = bson_realloc(small, 200);
  EXPECT_EQ(LazyBlocks(), 1u);
  bson_free(large);
  EXPECT_EQ(LazyBlocks(), 0u);
  bson_free(moved);
  bson_free(nullptr);
}

}  // namespace
}  // namespace tamtap::central
