#include "journal/duplicate_index.h"

#include <gtest/gtest.h>

namespace tamtap::journal {
namespace {

constexpr const char* kDay = "2026-11-23";
constexpr const char* kAna = "176B3325";

TEST(DuplicateIndex, KnowsTheFirstAndTheLastTapOfADay) {
  DuplicateIndex index;
  EXPECT_FALSE(index.Find(kDay, kAna));
  index.Insert(kDay, kAna, {1, 100});
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{1, 100}, {1, 100}}));
  index.Insert(kDay, kAna, {2, 200});
  index.Insert(kDay, kAna, {3, 300});
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{1, 100}, {3, 300}}));
  EXPECT_FALSE(index.Find("2026-11-24", kAna));
  EXPECT_FALSE(index.Find(kDay, "DEADBEEF"));
}

TEST(DuplicateIndex, ALineThatComesAgainChangesNothing) {
  DuplicateIndex index;
  for (int time = 0; time < 2; ++time) {
    index.Insert(kDay, kAna, {1, 100});
    index.Insert(kDay, kAna, {2, 200});
  }
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{1, 100}, {2, 200}}));
}

TEST(DuplicateIndex, ATapAtAnotherGateMayBeTheFirstAndIsNotTheLastWhereThereIsOneHere) {
  DuplicateIndex index;
  index.Insert(kDay, kAna, {kOtherGate, 500});
  EXPECT_EQ(index.Find(kDay, kAna)->last, (KnownTap{kOtherGate, 500}));
  index.Insert(kDay, kAna, {4, 700});
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{kOtherGate, 500}, {4, 700}}));
  index.Insert(kDay, kAna, {kOtherGate, 400});  // an earlier one, of a third gate
  index.Insert(kDay, kAna, {kOtherGate, 500});
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{kOtherGate, 400}, {4, 700}}));
}

TEST(DuplicateIndex, AVoidTapNeverWasAndItsNeighboursStay) {
  DuplicateIndex index;
  index.Insert(kDay, kAna, {1, 100});
  index.Insert(kDay, kAna, {2, 200});
  index.Erase(2, 2);
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{1, 100}, {1, 100}})) << "who came, and can't leave";
  index.Insert(kDay, kAna, {3, 300});
  index.Erase(1, 1);
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{3, 300}, {3, 300}}));
  index.Erase(3, 9);
  EXPECT_FALSE(index.Find(kDay, kAna));
  index.Insert(kDay, kAna, {kOtherGate, 500});
  index.Erase(1, 9);
  EXPECT_TRUE(index.Find(kDay, kAna));
}

TEST(DuplicateIndex, ATapWhoseTimeWasCorrectedIsTheSameTap) {
  DuplicateIndex index;
  index.Insert(kDay, kAna, {1, 100});
  index.Insert(kDay, kAna, {1, 160});
  EXPECT_EQ(index.Find(kDay, kAna), (KnownTaps{{1, 160}, {1, 160}}));
}

TEST(DuplicateIndex, KeepsTheNewestDays) {
  DuplicateIndex index;
  for (const char* day : {"2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"}) {
    index.Insert(day, kAna, {1, 100});
  }
  EXPECT_FALSE(index.Find("2026-11-20", kAna));
  EXPECT_TRUE(index.Find("2026-11-21", kAna));
  EXPECT_TRUE(index.Find("2026-11-24", kAna));
}

}  // namespace
}  // namespace tamtap::journal
