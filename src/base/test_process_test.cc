#include "base/test_process.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

using std::chrono::milliseconds;

TEST(TestProcessTest, WhatIsWrittenIsReadBackLineByLine) {
  const auto cat = *TestProcess::Start({"/bin/cat"});
  ASSERT_TRUE(cat->Write("one\ntwo\nthr"));
  EXPECT_EQ(*cat->ReadLine(milliseconds(10'000)), "one");
  EXPECT_EQ(*cat->ReadLine(milliseconds(10'000)), "two");
  EXPECT_EQ(cat->ReadLine(milliseconds(20)).error().code, ErrorCode::kRetry);
  ASSERT_TRUE(cat->Write("ee\n"));
  EXPECT_EQ(*cat->ReadLine(milliseconds(10'000)), "three");
}

TEST(TestProcessTest, AProgramThatEndsSaysSo) {
  const auto gone = *TestProcess::Start({"/nonexistent/program"});
  EXPECT_EQ(gone->ReadLine(milliseconds(10'000)).error().code, ErrorCode::kClosed);
}

TEST(TestProcessTest, AFreePortIsOne) { EXPECT_GT(FreePort(), 1024); }

}  // namespace
}  // namespace tamtap
