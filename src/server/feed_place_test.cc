#include "server/feed_place.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace tamtap {
namespace {

TEST(FeedPlaceTest, ComesBackAsItWasWritten) {
  FeedPlace place{"5f0c1e22", 1042, {}};
  EXPECT_EQ(place.ToString(), "5f0c1e22.1042");
  EXPECT_EQ(FeedPlace::Parse(place.ToString()), place);
  place.ahead = {ShortHash("gate-1.00112233445566ff.7"), ShortHash("gate-2.00112233445566ff.7")};
  EXPECT_EQ(place.ahead.size(), 2U);
  EXPECT_EQ(FeedPlace::Parse(place.ToString()), place);
}

TEST(FeedPlaceTest, WhatNobodyWroteIsNoPlace) {
  for (const char* text :
       {"", ".", "5f0c1e22", "5f0c1e22.", "5f0c1e22.x", "5f0c1e22.-1", "5f0c1e2.1", "5F0C1E22.1",
        "5f0c1e22.1.", "5f0c1e22.1.abc", "5f0c1e22.1x", "5f0c1e22.99999999999999999999",
        "5f0c1e22.1.zzzzzzzzzz", "5f0c1e22.1.0123456789.0123456789"}) {
    EXPECT_EQ(FeedPlace::Parse(text), std::nullopt) << text;
  }
}

TEST(FeedPlaceTest, MoreTapsAheadThanItCanNameLeaveItEmpty) {
  FeedPlace place{"5f0c1e22", 1, {}};
  for (size_t i = 0; i < kMostHashes; ++i)
    place.ahead.insert(ShortHash(fmt::format("gate.a.{}", i)));
  ASSERT_EQ(place.ahead.size(), kMostHashes);
  EXPECT_EQ(FeedPlace::Parse(place.ToString()), place);
  // Two of them, and the rest of a CONNECT, fit into what a stranger may send.
  EXPECT_LT(2 * place.ToString().size(), 3'000U);
  place.ahead.insert(ShortHash("one more"));
  EXPECT_EQ(place.ToString(), "");
}

}  // namespace
}  // namespace tamtap
