#include "panel/gpio_panel.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Ack CameTo(Verdict verdict, Refusal reason = Refusal::kNone) {
  Ack ack;
  ack.card = "176B3325";
  ack.verdict = verdict;
  ack.reason = reason;
  return ack;
}

// "GB" while the green light and the buzzer are on, by the time at which it changed.
std::vector<std::string> Played(const Ack& ack) {
  const Sign sign = SignForAck(ack);
  std::vector<std::string> changes;
  for (milliseconds at{0};;) {
    const Signals now = SignalsAt(sign, at);
    changes.push_back(fmt::format("{} {}{}{}", at.count(), now.green ? "G" : "", now.red ? "R" : "",
                                  now.buzzer ? "B" : ""));
    if (now.until_change == milliseconds(0)) return changes;
    at += now.until_change;
  }
}

TEST(SignalsTest, AreThoseOfTheContract) {
  EXPECT_THAT(Played(CameTo(Verdict::kAccepted)),
              ElementsAre("0 GB", "100 G", "200 GB", "300 G", "2000 "));
  EXPECT_THAT(Played(CameTo(Verdict::kDuplicate)), ElementsAre("0 GB", "300 G", "2000 "));
  EXPECT_THAT(Played(CameTo(Verdict::kRefused, Refusal::kUnknownCard)),
              ElementsAre("0 RB", "200 R", "400 RB", "600 R", "2000 "));
  EXPECT_THAT(Played(CameTo(Verdict::kRefused, Refusal::kNoClassesToday)),
              ElementsAre("0 RB", "150 R", "300 RB", "450 R", "2000 "));
  EXPECT_THAT(Played(CameTo(Verdict::kRefused, Refusal::kNoFaceDetected)),
              ElementsAre("0 RB", "100 R", "200 RB", "300 R", "400 RB", "500 R", "2000 "));
  EXPECT_THAT(Played(CameTo(Verdict::kRefused, Refusal::kStorageFull)),
              ElementsAre("0 RB", "200 R", "400 RB", "600 R", "800 RB", "1000 R", "2000 "));
}

class GpioPanelTest : public ::testing::Test {
 protected:
  class Lines final : public OutputLines {
   public:
    explicit Lines(GpioPanelTest& test) : test_(test) {}
    Result<> Set(OutputLine line, bool on) override {
      if (test_.broken_) return Error{ErrorCode::kRetry, "set line 17", EIO, ""};
      test_.lines_[static_cast<size_t>(line)] = on;
      if (line == OutputLine::kBuzzer && on) ++test_.beeps_;
      return {};
    }

   private:
    GpioPanelTest& test_;
  };

  std::unique_ptr<Panel> Make() {
    return MakeGpioPanel(
        "/dev/gpiochip0",
        [this]() -> Result<std::unique_ptr<OutputLines>> {
          ++opened_;
          return std::unique_ptr<OutputLines>(std::make_unique<Lines>(*this));
        },
        SystemClock());
  }
  bool Becomes(size_t line, bool on) {
    for (int i = 0; i < 1'000; ++i) {
      if (lines_[line] == on) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }

  std::array<std::atomic<bool>, 3> lines_{};
  std::atomic<int> beeps_ = 0;
  std::atomic<int> opened_ = 0;
  std::atomic<bool> broken_ = false;
};

TEST_F(GpioPanelTest, PlaysASignAndIsDarkAgain) {
  const auto panel = Make();
  panel->ShowAck(CameTo(Verdict::kAccepted));
  panel->ShowState(GateState::kIdle, "", "");
  EXPECT_TRUE(Becomes(0, true));
  EXPECT_TRUE(Becomes(0, false));
  EXPECT_EQ(beeps_, 2);
  EXPECT_FALSE(lines_[1]);
  EXPECT_FALSE(lines_[2]);
}

TEST_F(GpioPanelTest, TheNextCardEndsWhatIsLeftOfTheLastOnes) {
  const auto panel = Make();
  panel->ShowAck(CameTo(Verdict::kRefused, Refusal::kStorageFull));
  EXPECT_TRUE(Becomes(1, true));
  panel->ShowState(GateState::kCardDetected, "176B3325", "");
  EXPECT_TRUE(Becomes(1, false));
  EXPECT_TRUE(Becomes(2, false));
  panel->ShowAck(CameTo(Verdict::kAccepted));
  EXPECT_TRUE(Becomes(0, true));
}

TEST_F(GpioPanelTest, NewsOfTheGateSoundOnlyWhileNobodyIsTold) {
  const auto panel = Make();
  panel->ShowState(GateState::kStarting, "", "1.2.3");
  panel->ShowState(GateState::kIdle, "", "");
  EXPECT_TRUE(Becomes(2, true));
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_EQ(beeps_, 2);
  panel->ShowAck(CameTo(Verdict::kAccepted));
  panel->ShowState(GateState::kCameraWarning, "", "");
  EXPECT_TRUE(Becomes(0, true));
  EXPECT_TRUE(Becomes(0, false));
  EXPECT_EQ(beeps_, 4);
}

TEST_F(GpioPanelTest, LinesThatAreLostAreTakenAgainAndTheEndIsDark) {
  auto panel = Make();
  broken_ = true;
  panel->ShowAck(CameTo(Verdict::kAccepted));
  std::this_thread::sleep_for(milliseconds(100));
  broken_ = false;
  panel->ShowAck(CameTo(Verdict::kDuplicate));
  EXPECT_TRUE(Becomes(0, true));
  EXPECT_GE(opened_, 2);
  panel.reset();
  for (const auto& line : lines_) EXPECT_FALSE(line);
}

TEST(ParseGpioTest, NamesTheChipAndItsLines) {
  const auto wiring = ParseGpio("/dev/gpiochip0,green=17,red=27,buzzer=18");
  ASSERT_TRUE(wiring);
  EXPECT_EQ(wiring->chip, "/dev/gpiochip0");
  EXPECT_EQ(wiring->green, 17u);
  EXPECT_EQ(wiring->red, 27u);
  EXPECT_EQ(wiring->buzzer, 18u);
  EXPECT_FALSE(ParseGpio("/dev/gpiochip0,buzzer=18")->green);
  for (const char* wrong :
       {"", "gpiochip0,green=17", "/dev/gpiochip0", "/dev/gpiochip0,", "/dev/gpiochip0,green",
        "/dev/gpiochip0,green=x", "/dev/gpiochip0,blue=1"}) {
    const auto parsed = ParseGpio(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(parsed.error().Message(), HasSubstr("gpio:/dev/gpiochip0,green=17")) << wrong;
  }
}

}  // namespace
}  // namespace tamtap
