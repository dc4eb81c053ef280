#include "power/power_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <thread>

#include "power/child.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

// A UPS as its maker's wiki describes it: registers that are read one at a time.
class UpsModel {
 public:
  class Wire final : public I2cBus {
   public:
    explicit Wire(UpsModel& model) : model_(model) {}
    Result<> Write(std::span<const unsigned char> /*bytes*/) override {
      ADD_FAILURE() << "nothing is set";
      return {};
    }
    Result<> Ask(std::span<const unsigned char> question,
                 std::span<unsigned char> answer) override {
      if (model_.fail) return Error{ErrorCode::kRetry, "read from the chip", EREMOTEIO, ""};
      EXPECT_EQ(question.size(), 1u);
      EXPECT_EQ(answer.size(), 1u);
      answer.front() = model_.registers[question.front()];
      return {};
    }

   private:
    UpsModel& model_;
  };

  void Set(unsigned char at, int number) {
    registers[at] = static_cast<unsigned char>(number & 0xFF);
    registers[static_cast<size_t>(at) + 1] = static_cast<unsigned char>(number >> 8);
  }

  std::array<unsigned char, 256> registers{};
  bool fail = false;
  int opened = 0;
};

class UpsTest : public ::testing::Test {
 protected:
  UpsTest() {
    model_.Set(0x05, 3'900);
    model_.Set(0x07, 5'000);
    model_.Set(0x09, 0);
    model_.Set(0x11, 3'700);
    model_.Set(0x13, 80);
  }
  PowerState Look() {
    const auto state = ups_->Look({});
    EXPECT_TRUE(state) << state.error().Message();
    return state.value_or(PowerState());
  }

  UpsModel model_;
  std::unique_ptr<PowerSource> ups_ = MakeUps(
      "/dev/i2c-1,0x17",
      [this]() -> Result<std::unique_ptr<I2cBus>> {
        ++model_.opened;
        return std::unique_ptr<I2cBus>(std::make_unique<UpsModel::Wire>(model_));
      },
      15);
};

TEST_F(UpsTest, IsLowOnlyOnItsBattery) {
  EXPECT_FALSE(Look().low);
  EXPECT_THAT(Look().said, HasSubstr("plugged in, 80 %, 3900 mV left"));
  model_.Set(0x13, 15);
  EXPECT_FALSE(Look().low) << "it is plugged in";
  model_.Set(0x07, 120);
  EXPECT_TRUE(Look().low);
  EXPECT_THAT(Look().said, HasSubstr("on battery, 15 %"));
  model_.Set(0x09, 5'100);
  EXPECT_FALSE(Look().low) << "by the other plug";
  model_.Set(0x09, 0);
  model_.Set(0x13, 16);
  EXPECT_FALSE(Look().low);
}

TEST_F(UpsTest, IsLowBeforeItSwitchesOffByItselfWhateverPercentageItSays) {
  model_.Set(0x07, 0);
  model_.Set(0x13, 0);  // not known before the first whole charge
  EXPECT_FALSE(Look().low);
  model_.Set(0x05, 3'751);
  EXPECT_FALSE(Look().low);
  model_.Set(0x05, 3'750);
  EXPECT_TRUE(Look().low);
}

TEST_F(UpsTest, WhatCanNotBeIsNoReasonToStop) {
  model_.Set(0x07, 0);
  for (const auto& [at, number] :
       {std::pair(0x05, 0), std::pair(0x05, 0xFFFF), std::pair(0x13, 0xFFFF)}) {
    const auto before = model_.registers;
    model_.Set(static_cast<unsigned char>(at), number);
    const auto state = ups_->Look({});
    ASSERT_FALSE(state);
    EXPECT_THAT(state.error().Message(), HasSubstr("--power-command"));
    model_.registers = before;
  }
  model_.fail = true;
  EXPECT_FALSE(ups_->Look({}));
  model_.fail = false;
  EXPECT_FALSE(Look().low);
  EXPECT_GE(model_.opened, 2) << "it is opened anew";
}

TEST_F(UpsTest, TheNextGenerationSaysItByItself) {
  model_.registers.fill(0);
  model_.registers[0x00] = 0xA6;
  model_.Set(0x10, 0);
  model_.Set(0x12, 7'400);
  model_.Set(0x21, 6'000);
  EXPECT_FALSE(Look().low);
  model_.registers[0x1F] = 0x20;
  EXPECT_TRUE(Look().low);
  model_.Set(0x10, 12'000);
  EXPECT_FALSE(Look().low);
}

TEST(ParseUpsTest, NamesTheBusAndTheAddress) {
  EXPECT_EQ(ParseUps("/dev/i2c-1")->address, 0x17);
  EXPECT_EQ(ParseUps("/dev/i2c-3,0x36")->address, 0x36);
  for (const char* wrong : {"", "i2c-1", "/dev/i2c-1,", "/dev/i2c-1,17", "/dev/i2c-1,0x99"}) {
    EXPECT_FALSE(ParseUps(wrong)) << wrong;
  }
}

TEST(PowerCommandTest, ItsEndSaysHowThePowerIs) {
  const auto look = [](const char* command) {
    return MakePowerCommand(command, SystemClock())->Look({});
  };
  EXPECT_FALSE(look("exit 0")->low);
  EXPECT_TRUE(look("exit 1")->low);
  for (const char* command : {"exit 2", "no-such-command-here", "kill -9 $$"}) {
    const auto state = look(command);
    ASSERT_FALSE(state) << command;
  }
  EXPECT_THAT(look("exit 2").error().Message(), HasSubstr("with 1 when little is left"));
  // Its words go nowhere: what a gate prints is read by programs.
  ::testing::internal::CaptureStdout();
  EXPECT_FALSE(look("echo words; echo words >&2")->low);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST(PowerCommandTest, OneThatHangsIsEndedWithAllThatItStarted) {
  const auto begin = steady_clock::now();
  const auto late =
      RunToEnd({"/bin/sh", "-c", "sleep 60 & sleep 60"}, milliseconds(200), {}, SystemClock());
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().Message(), HasSubstr("no end within"));
  std::stop_source stop;
  std::jthread stopping([&stop] {
    std::this_thread::sleep_for(milliseconds(100));
    stop.request_stop();
  });
  const auto stopped = RunToEnd({"/bin/sh", "-c", "sleep 60"}, milliseconds(60'000),
                                stop.get_token(), SystemClock());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kClosed);
  EXPECT_LT(steady_clock::now() - begin, milliseconds(20'000));
}

TEST(PowerCommandTest, OneThatIsNotInstalledIsWronglySetUp) {
  const auto none = RunToEnd({"no-such-program-here"}, milliseconds(200), {}, SystemClock());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kMisconfigured);
}

}  // namespace
}  // namespace tamtap
