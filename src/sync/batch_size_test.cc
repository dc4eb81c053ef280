#include "sync/batch_size.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

using std::chrono::milliseconds;

TEST(BatchSize, ItGrowsByQuickFullCallsAloneAndNeverPastTheMost) {
  BatchSize size(100);
  EXPECT_EQ(size.now(), 32u);
  size.Answered(31, milliseconds(1));
  EXPECT_EQ(size.now(), 32u);
  size.Answered(32, milliseconds(401));
  EXPECT_EQ(size.now(), 32u);
  size.Answered(32, milliseconds(400));
  EXPECT_EQ(size.now(), 64u);
  size.Answered(64, milliseconds(1));
  EXPECT_EQ(size.now(), 100u);
}

TEST(BatchSize, ASlowCallHalvesItAndAFailedOneQuartersItDownToOne) {
  BatchSize size(500);
  size.Answered(1, milliseconds(1'001));
  EXPECT_EQ(size.now(), 16u);
  size.Failed();
  EXPECT_EQ(size.now(), 4u);
  size.Failed();
  size.Failed();
  size.Answered(1, milliseconds(1'001));
  EXPECT_EQ(size.now(), 1u);
  EXPECT_EQ(BatchSize(8).now(), 8u);
}

}  // namespace
}  // namespace tamtap
