#include "journal/sequence_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;

TEST(SequenceSetTest, NeighboursBecomeOneRange) {
  SequenceSet set;
  for (const uint64_t sequence : {1u, 3u, 2u, 10u, 4u}) set.Insert(sequence);
  EXPECT_THAT(set.RangesUpTo(100), ElementsAre(SequenceRange{1, 4}, SequenceRange{10, 10}));
  EXPECT_THAT(set.RangesUpTo(2), ElementsAre(SequenceRange{1, 2}));
  EXPECT_EQ(set.EraseRange({2, 3}), 2u);
  EXPECT_EQ(set.NextFrom(2), 4u);
  EXPECT_EQ(set.NextFrom(11), std::nullopt);
}

TEST(SequenceSetTest, BehavesAsASetDoes) {
  SeededRandom random(3);
  SequenceSet set;
  std::set<uint64_t> model;
  for (int step = 0; step < 20'000; ++step) {
    const uint64_t first = 1 + random.Below(200);
    const uint64_t last = first + random.Below(10);
    if (random.Below(2) == 0) {
      set.InsertRange({first, last});
      for (uint64_t n = first; n <= last; ++n) model.insert(n);
    } else {
      uint64_t erased = 0;
      for (uint64_t n = first; n <= last; ++n) erased += model.erase(n);
      ASSERT_EQ(set.EraseRange({first, last}), erased);
    }
    ASSERT_EQ(set.size(), model.size());
    const uint64_t probe = 1 + random.Below(210);
    const auto next = model.lower_bound(probe);
    ASSERT_EQ(set.NextFrom(probe),
              next == model.end() ? std::nullopt : std::optional<uint64_t>(*next));
    ASSERT_EQ(set.Contains(probe), model.contains(probe));
    uint64_t count = 0;
    for (const uint64_t n : model) count += n >= probe && n <= probe + 7;
    ASSERT_EQ(set.CountIn({probe, probe + 7}), count);
  }
}

}  // namespace
}  // namespace tamtap::journal
