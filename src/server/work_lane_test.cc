#include "server/work_lane.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <vector>

namespace tamtap {
namespace {

// A lane whose thread is held until Release().
class WorkLaneTest : public ::testing::Test {
 protected:
  WorkLaneTest() {
    EXPECT_TRUE(lane_.Offer("first", false, [this] {
      began_.count_down();
      released_.wait();
    }));
    began_.wait();
  }
  bool Offer(const std::string& from, bool first = false) {
    return lane_.Offer(from, first, [this, from] { done_.push_back(from); });
  }
  // Everything that waits has run after this.
  void Finish() {
    std::latch last{1};
    ASSERT_TRUE(lane_.Offer("last", false, [&] { last.count_down(); }));
    released_.count_down();
    last.wait();
  }

  std::latch began_{1};
  std::latch released_{1};
  std::vector<std::string> done_;  // of the lane's thread, until Finish
  WorkLane lane_{{.most_waiting = 5, .most_of_one = 2, .yields = true}};
};

TEST_F(WorkLaneTest, WhoGoesFirstGoesFirstAndAllOthersInOrder) {
  EXPECT_TRUE(Offer("a"));
  EXPECT_TRUE(Offer("b"));
  EXPECT_TRUE(Offer("known", true));
  Finish();
  EXPECT_EQ(done_, (std::vector<std::string>{"known", "a", "b"}));
}

TEST_F(WorkLaneTest, WhatWaitsIsBoundedForEachAndInAllAndWhoGoesFirstHasRoomOfTheirOwn) {
  EXPECT_TRUE(Offer("a"));
  EXPECT_TRUE(Offer("a"));
  EXPECT_FALSE(Offer("a"));
  EXPECT_TRUE(Offer("b"));
  EXPECT_TRUE(Offer("c"));
  EXPECT_TRUE(Offer("d"));
  EXPECT_FALSE(Offer("e")) << "full";
  EXPECT_TRUE(Offer("known", true));
  released_.count_down();
}

TEST_F(WorkLaneTest, WhoHasBeenServedMayComeAgain) {
  EXPECT_TRUE(Offer("a"));
  EXPECT_TRUE(Offer("a"));
  Finish();
  EXPECT_TRUE(Offer("a"));
  EXPECT_TRUE(Offer("a"));
}

TEST_F(WorkLaneTest, StoppingDropsWhatWaitsAndTakesNoMore) {
  EXPECT_TRUE(Offer("a"));
  released_.count_down();
  lane_.Stop();
  EXPECT_LE(done_.size(), 1u) << "it may have begun";
  EXPECT_FALSE(Offer("b"));
}

}  // namespace
}  // namespace tamtap
