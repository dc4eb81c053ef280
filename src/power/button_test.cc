#include "power/button.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "power/systemd.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class HeldButtonTest : public ::testing::Test {
 protected:
  void Press(HeldButton& button) { button.IsPressed(true, clock_.MonotonicNow()); }
  void LetGo(HeldButton& button) { button.IsPressed(false, clock_.MonotonicNow()); }
  bool CountsAfter(HeldButton& button, int ms) {
    clock_.Advance(milliseconds(ms));
    return button.Counts(clock_.MonotonicNow());
  }

  sim::FakeClock clock_{WallTime{}};
};

TEST_F(HeldButtonTest, ATouchStartsAndCountsOnce) {
  HeldButton start(ButtonAction::kStart);
  EXPECT_FALSE(CountsAfter(start, 1'000)) << "nobody touched it";
  Press(start);
  EXPECT_FALSE(CountsAfter(start, 49));
  EXPECT_TRUE(CountsAfter(start, 1));
  EXPECT_FALSE(CountsAfter(start, 60'000)) << "held on";
  LetGo(start);
  Press(start);
  EXPECT_TRUE(CountsAfter(start, 50));
}

TEST_F(HeldButtonTest, StopMustBeHeldForTwoAndAHalfSeconds) {
  HeldButton stop(ButtonAction::kStop);
  Press(stop);
  EXPECT_FALSE(CountsAfter(stop, 2'499));
  LetGo(stop);
  EXPECT_FALSE(CountsAfter(stop, 10)) << "let go too soon";
  Press(stop);
  EXPECT_FALSE(CountsAfter(stop, 2'499));
  EXPECT_EQ(stop.Due(), clock_.MonotonicNow() + milliseconds(1));
  EXPECT_TRUE(CountsAfter(stop, 1));
  EXPECT_EQ(stop.Due(), std::nullopt);
}

TEST_F(HeldButtonTest, ContactsThatBounceAreOnePress) {
  HeldButton restart(ButtonAction::kRestart);
  int counted = 0;
  for (int i = 0; i < 20; ++i) {
    i % 2 == 0 ? Press(restart) : LetGo(restart);
    counted += CountsAfter(restart, 3) ? 1 : 0;
  }
  EXPECT_EQ(counted, 0);
  Press(restart);
  Press(restart);  // said twice is pressed once
  EXPECT_TRUE(CountsAfter(restart, 50));
}

TEST(ParseButtonTest, NamesActionChipAndLine) {
  const auto stop = ParseButton("stop=/dev/gpiochip0,line=13");
  ASSERT_TRUE(stop) << stop.error().Message();
  EXPECT_EQ(stop->action, ButtonAction::kStop);
  EXPECT_EQ(stop->chip, "/dev/gpiochip0");
  EXPECT_EQ(stop->line, 13u);
  EXPECT_EQ(ParseButton("start=/dev/gpiochip4,line=0")->action, ButtonAction::kStart);
  for (const char* wrong :
       {"", "stop", "stop=", "halt=/dev/gpiochip0,line=3", "stop=/dev/gpiochip0",
        "stop=gpiochip0,line=3", "stop=/dev/gpiochip0,line=", "stop=/dev/gpiochip0,line=x",
        "stop=/dev/gpiochip0,line=-1", "stop=/dev/gpiochip0,line=3,hold=2"}) {
    const auto parsed = ParseButton(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(parsed.error().Message(), HasSubstr("start=/dev/gpiochip0,line=5")) << wrong;
  }
}

TEST(UnitOfTest, IsTheServiceOfTheControlGroup) {
  EXPECT_EQ(UnitOf("0::/system.slice/tamtap-gate.service\n"), "tamtap-gate.service");
  EXPECT_EQ(UnitOf("0::/system.slice/tamtap-gate.service/part\n"), "tamtap-gate.service");
  EXPECT_EQ(UnitOf("0::/user.slice/user-1000.slice/session-3.scope\n"), "");
  EXPECT_EQ(UnitOf(""), "");
}

}  // namespace
}  // namespace tamtap
