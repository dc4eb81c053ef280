#include "base/step_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>

namespace tamtap {
namespace {

using std::chrono::milliseconds;

TEST(StepThreadTest, AStepThatFindsNoMemoryIsFollowedByTheNext) {
  std::atomic<int> steps = 0;
  StepThread thread("a test", [&]() -> milliseconds {
    if (++steps == 1) throw std::bad_alloc();
    return milliseconds(60'000);
  });
  for (int waited = 0; waited < 1'000 && steps < 2; ++waited) {
    thread.Wake();  // an event is no reason to wait out the pause
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_GE(steps, 2);
  EXPECT_TRUE(thread.StopWithin(milliseconds(1'000)));
}

}  // namespace
}  // namespace tamtap
