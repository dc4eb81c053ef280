#include "panel/lcd_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/mutex.h"
#include "base/random.h"
#include "panel/hd44780.h"
#include "panel/hd44780_model.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Hd44780Test : public ::testing::Test {
 protected:
  sim::FakeClock clock_{WallTime{}};
  Hd44780Model model_{clock_};
  Hd44780 display_{model_, clock_};
};

TEST_F(Hd44780Test, ShowsTwoLinesInTime) {
  ASSERT_TRUE(display_.SetUp());
  ASSERT_TRUE(display_.Show("WELCOME", "ANA REYES"));
  EXPECT_EQ(model_.Line(0), "WELCOME         ");
  EXPECT_EQ(model_.Line(1), "ANA REYES       ");
  EXPECT_TRUE(model_.light);
  ASSERT_TRUE(display_.Show("LONGER THAN IT IS WIDE", "A\\B~C\x01"));
  EXPECT_EQ(model_.Line(0), "LONGER THAN IT I");
  EXPECT_EQ(model_.Line(1), "A/B-C?          ");
  EXPECT_THAT(model_.faults, IsEmpty());
}

TEST_F(Hd44780Test, WritesOnlyTheCellsThatChange) {
  ASSERT_TRUE(display_.SetUp());
  ASSERT_TRUE(display_.Show("WAITING FOR", "TAMARAW..."));
  const size_t before = model_.bytes;
  ASSERT_TRUE(display_.Show("WAITING FOR", "TAMARAW..."));
  EXPECT_EQ(model_.bytes, before);
  ASSERT_TRUE(display_.Show("WAITING FOR", "TAMARIW..."));
  EXPECT_EQ(model_.bytes - before, 12u) << "an address and a character";
}

TEST_F(Hd44780Test, AnotherSetUpIsNotSeenAndMendsOneWhosePowerSank) {
  ASSERT_TRUE(display_.SetUp());
  ASSERT_TRUE(display_.Show("WAITING FOR", "TAMARAW..."));
  ASSERT_TRUE(display_.SetUpAgain());
  EXPECT_EQ(model_.Line(0), "WAITING FOR     ");
  model_.PowerUp();
  clock_.Advance(milliseconds(50));
  ASSERT_TRUE(display_.SetUpAgain());
  ASSERT_TRUE(display_.Show("WAITING FOR", "TAMARAW..."));
  EXPECT_EQ(model_.Line(0), "WAITING FOR     ");
  EXPECT_EQ(model_.Line(1), "TAMARAW...      ");
  EXPECT_THAT(model_.faults, IsEmpty());
}

TEST_F(Hd44780Test, IsSetUpFromWhateverWasBegunBefore) {
  SeededRandom random(1);
  for (int round = 0; round < 500; ++round) {
    ASSERT_TRUE(display_.SetUp());
    // Cut off anywhere, also in the middle of a byte, the program begins anew.
    model_.fail = Error{ErrorCode::kRetry, "write", EREMOTEIO, ""};
    model_.fail_after = random.Below(60);
    EXPECT_FALSE(display_.Show(round % 2 == 0 ? "CHECKING CARD" : "NO CLASSES", "PLEASE WAIT..."));
    model_.fail.reset();
    clock_.Advance(milliseconds(5));
    Hd44780 again(model_, clock_);
    ASSERT_TRUE(again.SetUp());
    ASSERT_TRUE(again.Show("WELCOME", "BEN"));
    ASSERT_EQ(model_.Line(0), "WELCOME         ") << round;
    ASSERT_EQ(model_.Line(1), "BEN             ") << round;
    model_.PowerUp();
  }
}

// A bus that a test looks at from outside while the panel's thread writes.
class LcdPanelTest : public ::testing::Test {
 protected:
  class Wire final : public I2cBus {
   public:
    explicit Wire(LcdPanelTest& test) : test_(test) {}
    Result<> Write(std::span<const unsigned char> bytes) override {
      MutexLock lock(test_.mutex_);
      std::this_thread::sleep_for(test_.slow_);
      test_.LetTimePass();
      return test_.model_.Write(bytes);
    }
    Result<> Ask(std::span<const unsigned char> question,
                 std::span<unsigned char> answer) override {
      MutexLock lock(test_.mutex_);
      return test_.model_.Ask(question, answer);
    }

   private:
    LcdPanelTest& test_;
  };

  std::unique_ptr<Panel> Make() {
    return MakeLcdPanel(
        "/dev/i2c-1",
        [this]() -> Result<std::unique_ptr<I2cBus>> {
          ++opened_;
          if (missing_) return Error{ErrorCode::kRetry, "open /dev/i2c-1", ENOENT, "switch I2C on"};
          return std::unique_ptr<I2cBus>(std::make_unique<Wire>(*this));
        },
        "WAITING FOR/TAMARAW...", SystemClock());
  }
  // The panel waits in real time; the bus takes time only in the model's.
  void LetTimePass() {
    const auto now = std::chrono::steady_clock::now();
    model_clock_.Advance(std::chrono::duration_cast<std::chrono::microseconds>(now - passed_));
    passed_ = now;
  }
  std::string Shown() {
    MutexLock lock(mutex_);
    return model_.Line(0) + "|" + model_.Line(1);
  }
  bool Shows(const std::string& text, milliseconds within = milliseconds(3'000)) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (Shown().find(text) == std::string::npos) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
  }
  static Ack Accepted(std::string name) {
    Ack ack;
    ack.name = std::move(name);
    ack.card = "176B3325";
    ack.verdict = Verdict::kAccepted;
    return ack;
  }

  Mutex mutex_;
  std::chrono::steady_clock::time_point passed_ = std::chrono::steady_clock::now();
  sim::FakeClock model_clock_{WallTime{}};
  Hd44780Model model_{model_clock_};
  std::atomic<bool> missing_ = false;
  std::atomic<int> opened_ = 0;
  milliseconds slow_{0};
};

TEST_F(LcdPanelTest, ShowsWhatATapCameToLongEnoughToReadAndThenTheIdleText) {
  const auto panel = Make();
  EXPECT_TRUE(Shows("WAITING FOR     |TAMARAW...      "));
  panel->ShowState(GateState::kCardDetected, "176B3325", "");
  EXPECT_TRUE(Shows("CHECKING CARD"));
  panel->ShowAck(Accepted("Ana Peña"));
  panel->ShowState(GateState::kSuccess, "176B3325", "Ana");
  panel->ShowState(GateState::kIdle, "", "");
  panel->ShowNotice("12 UNSENT 3 H");
  EXPECT_TRUE(Shows("WELCOME         |ANA PENA        "));
  std::this_thread::sleep_for(milliseconds(1'000));
  EXPECT_TRUE(Shows("WELCOME         |ANA PENA        ", milliseconds(0)));
  EXPECT_TRUE(Shows("WAITING FOR     |12 UNSENT 3 H   "));
}

TEST_F(LcdPanelTest, NewsOfTheGateAreShownForAMomentAndNeverInFrontOfSomebody) {
  const auto panel = Make();
  panel->ShowState(GateState::kStarting, "", "1.2.3");
  panel->ShowState(GateState::kIdle, "", "");
  EXPECT_TRUE(Shows("TAMTAP v1.2.3   |STARTING...     "));
  EXPECT_TRUE(Shows("WAITING FOR     |TAMARAW...      "));
  panel->ShowState(GateState::kCardDetected, "176B3325", "");
  panel->ShowState(GateState::kCameraWarning, "", "");
  EXPECT_TRUE(Shows("CHECKING CARD"));
  panel->ShowAck(Accepted("Ana"));
  panel->ShowState(GateState::kIdle, "", "");
  panel->ShowState(GateState::kCameraReady, "", "");
  EXPECT_TRUE(Shows("WELCOME         |ANA             "));
  EXPECT_TRUE(Shows("WAITING FOR     |TAMARAW...      "));
}

TEST_F(LcdPanelTest, AnotherCardDoesNotWaitAndASlowDisplayShowsTheNewestAlone) {
  slow_ = milliseconds(40);  // a transfer
  const auto panel = Make();
  EXPECT_TRUE(Shows("WAITING FOR"));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i) {
    panel->ShowState(GateState::kCardDetected, "176B3325", "");
    panel->ShowAck(Accepted(i == 199 ? "THE LAST" : "Ana"));
    panel->ShowState(GateState::kIdle, "", "");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(200)) << "nobody waits for it";
  EXPECT_TRUE(Shows("THE LAST"));
}

TEST_F(LcdPanelTest, OneThatIsUnpluggedIsSetUpAgainWhenItIsBack) {
  missing_ = true;
  const auto panel = Make();
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_GE(opened_, 1);
  missing_ = false;
  EXPECT_TRUE(Shows("WAITING FOR"));
  {
    MutexLock lock(mutex_);
    model_.fail = Error{ErrorCode::kRetry, "write", EREMOTEIO, ""};
    model_.fail_after = 7;
    model_.PowerUp();
  }
  panel->ShowAck(Accepted("Ben"));
  std::this_thread::sleep_for(milliseconds(50));
  {
    MutexLock lock(mutex_);
    model_.fail.reset();
  }
  panel->ShowAck(Accepted("Ben"));
  EXPECT_TRUE(Shows("WELCOME         |BEN             "));
}

TEST_F(LcdPanelTest, OneWhosePowerSankWhileNobodyTappedShowsAgainByItself) {
  const auto panel = Make();
  EXPECT_TRUE(Shows("WAITING FOR"));
  {
    MutexLock lock(mutex_);
    model_.PowerUp();
  }
  EXPECT_FALSE(Shows("WAITING FOR", milliseconds(0)));
  EXPECT_TRUE(Shows("WAITING FOR", milliseconds(15'000)));
}

TEST_F(LcdPanelTest, TheSignOfTheEndIsTheLast) {
  auto panel = Make();
  EXPECT_TRUE(Shows("WAITING FOR"));
  panel->ShowState(GateState::kShutdown, "", "");
  panel.reset();
  EXPECT_THAT(Shown(), HasSubstr("SHUTDOWN        |TAMTAP          "));
}

TEST(ParseLcdTest, NamesTheBusAndTheAddress) {
  EXPECT_EQ(ParseLcd("/dev/i2c-1")->address, 0x27);
  EXPECT_EQ(ParseLcd("/dev/i2c-1,0x3f")->address, 0x3F);
  EXPECT_EQ(ParseLcd("/dev/i2c-1,0x3f")->device, "/dev/i2c-1");
  for (const char* wrong : {"", "i2c-1", "/dev/i2c-1,", "/dev/i2c-1,27", "/dev/i2c-1,0x",
                            "/dev/i2c-1,0x07", "/dev/i2c-1,0x78", "/dev/i2c-1,0x27x"}) {
    const auto parsed = ParseLcd(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMisconfigured);
  }
}

}  // namespace
}  // namespace tamtap
