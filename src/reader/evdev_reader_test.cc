#include "reader/evdev_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/input.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "reader/wedge_line.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

constexpr std::pair<char, unsigned short> kCodes[] = {
    {'0', KEY_0}, {'1', KEY_1}, {'2', KEY_2}, {'3', KEY_3}, {'4', KEY_4},     {'5', KEY_5},
    {'6', KEY_6}, {'7', KEY_7}, {'8', KEY_8}, {'9', KEY_9}, {'A', KEY_A},     {'B', KEY_B},
    {'C', KEY_C}, {'D', KEY_D}, {'E', KEY_E}, {'F', KEY_F}, {'\n', KEY_ENTER}};

input_event Event(unsigned short type, unsigned short code, int value) {
  input_event event{};
  event.type = type;
  event.code = code;
  event.value = value;
  return event;
}

// The kernel's end of the device is the test's.
class EvdevReaderTest : public ::testing::Test {
 protected:
  EvdevReaderTest() {
    reader_ = MakeEvdevReader(
        "IC Reader",
        [this]() -> Result<Descriptor> {
          if (!plugged_)
            return Error{ErrorCode::kRetry, "find the reader", ENODEV, "is it plugged in?"};
          int ends[2];
          EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
          device_ = Descriptor(ends[1]);
          for (const input_event& each : typed_first_) Send(each);
          typed_first_.clear();
          return Descriptor(ends[0]);
        },
        CardFormat::kAuto, clock_);
  }

  void Send(const input_event& event) {
    if (!device_) return typed_first_.push_back(event);
    ASSERT_EQ(send(device_.get(), &event, sizeof event, MSG_NOSIGNAL),
              static_cast<ssize_t>(sizeof event));
  }
  void Press(unsigned short code) {
    for (const int value : {1, 2, 0}) {  // pressed, repeated by the system, released
      Send(Event(EV_KEY, code, value));
      Send(Event(EV_SYN, SYN_REPORT, 0));
    }
  }
  void Type(std::string_view text) {
    for (const char c : text) {
      const bool letter = c >= 'A' && c <= 'F';
      if (letter) Send(Event(EV_KEY, KEY_LEFTSHIFT, 1));
      for (const auto& [each, code] : kCodes) {
        if (each == c) Press(code);
      }
      if (letter) Send(Event(EV_KEY, KEY_LEFTSHIFT, 0));
    }
  }
  std::string Next() {
    const auto card = reader_->Next({});
    return card ? card->text : card.error().Message();
  }

  sim::FakeClock clock_{WallTime{}};
  bool plugged_ = true;
  Descriptor device_;
  std::vector<input_event> typed_first_;  // before it is opened
  std::unique_ptr<Reader> reader_;
};

TEST_F(EvdevReaderTest, ALineIsATapAndARepeatedOneIsThatTapStill) {
  Type("0563537489\n0563537489\n04A2B3C4D5E680\n");
  EXPECT_EQ(Next(), "0563537489");
  EXPECT_EQ(Next(), "04A2B3C4D5E680");
  clock_.Advance(std::chrono::milliseconds(600));
  Type("\n0563537489\n");
  EXPECT_EQ(Next(), "0563537489");
}

TEST_F(EvdevReaderTest, MarksOfAMagneticStripeAreTyped) {
  Press(KEY_SEMICOLON);
  Type("0563537489");
  Send(Event(EV_KEY, KEY_RIGHTSHIFT, 1));
  Press(KEY_SLASH);
  Send(Event(EV_KEY, KEY_RIGHTSHIFT, 0));
  Press(KEY_KPENTER);
  EXPECT_EQ(Next(), "0563537489");
}

TEST_F(EvdevReaderTest, ALineOfWhichKeysWereLostIsNoCard) {
  Type("05635");
  Send(Event(EV_SYN, SYN_DROPPED, 0));
  Type("37489\n176B3325\n");
  EXPECT_THAT(Next(), HasSubstr("lost a part of what it typed"));
  EXPECT_EQ(Next(), "176B3325");
}

TEST_F(EvdevReaderTest, OneThatIsUnpluggedIsSaidOnceAndReadWhenItIsBack) {
  plugged_ = false;
  EXPECT_FALSE(reader_->IsAway());
  EXPECT_THAT(Next(), HasSubstr("is it plugged in?"));
  EXPECT_TRUE(reader_->IsAway());
  plugged_ = true;
  Type("176B3325\n05");
  EXPECT_EQ(Next(), "176B3325");
  EXPECT_FALSE(reader_->IsAway());
  device_.Reset();
  EXPECT_THAT(Next(), HasSubstr("IC Reader"));
  Type("04A2B3C4\n");
  EXPECT_EQ(Next(), "04A2B3C4") << "and not what was typed before behind it";
}

TEST_F(EvdevReaderTest, AnEndlessLineIsCut) {
  WedgeLine line;
  for (int i = 0; i < 100'000; ++i) line.Take(Event(EV_KEY, KEY_7, 1));
  const auto typed = line.Take(Event(EV_KEY, KEY_ENTER, 1));
  ASSERT_TRUE(typed);
  EXPECT_LE(typed->text.size(), 1024u);
}

TEST(OpenKeyboardTest, WhatIsNoKeyboardOrIsNotThereIsSaid) {
  EXPECT_THAT(OpenKeyboard("/dev/null").error().Message(), HasSubstr("it is no keyboard"));
  EXPECT_THAT(OpenKeyboard("/dev/input/event999").error().Message(), HasSubstr("plugged in"));
  EXPECT_THAT(OpenKeyboard("No Such Reader").error().Message(), HasSubstr("No Such Reader"));
}

}  // namespace
}  // namespace tamtap
