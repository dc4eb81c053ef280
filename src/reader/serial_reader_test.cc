#include "reader/serial_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/descriptor.h"
#include "base/test_directory.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// A serial line of the kernel's, whose other end is the test's: the board.
class SerialReaderTest : public ::testing::Test {
 protected:
  void PlugIn() {
    board_ = Descriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_TRUE(board_);
    ASSERT_EQ(grantpt(board_.get()), 0);
    ASSERT_EQ(unlockpt(board_.get()), 0);
    std::filesystem::create_symlink(ptsname(board_.get()), port_);
  }
  void Unplug() {
    std::filesystem::remove(port_);
    board_.Reset();
  }
  void Print(std::string_view text) {
    ASSERT_EQ(write(board_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string Next() {
    const auto card = reader_->Next({});
    return card ? card->text : card.error().Message();
  }

  const TestDirectory directory_;
  const std::string port_ = directory_ / "ttyUSB0";
  Descriptor board_;
  std::unique_ptr<Reader> reader_ =
      MakeSerialReader({port_, 9'600}, CardFormat::kAuto, SystemClock());
};

TEST_F(SerialReaderTest, ALineIsATapAndARepeatedOneIsThatTapStill) {
  PlugIn();
  std::jthread board([this] {
    std::this_thread::sleep_for(milliseconds(50));  // raw from then on: what is typed is not echoed
    Print("176B3325\r\n");
    for (int i = 0; i < 6; ++i) {
      std::this_thread::sleep_for(milliseconds(120));
      Print("176B3325\r\n");
    }
    Print("04A2B3C4\r\n");
    std::this_thread::sleep_for(milliseconds(600));
    Print("176B3325\r\n");
  });
  EXPECT_EQ(Next(), "176B3325");
  EXPECT_EQ(Next(), "04A2B3C4");
  EXPECT_EQ(Next(), "176B3325");
}

TEST_F(SerialReaderTest, ABoardThatIsUnpluggedIsSaidOnceAndReadWhenItIsBack) {
  EXPECT_THAT(Next(), HasSubstr("is it plugged in?"));
  std::jthread plugs([this] {
    std::this_thread::sleep_for(milliseconds(300));
    PlugIn();
    std::this_thread::sleep_for(milliseconds(900));
    Print("1426522848\n");
    std::this_thread::sleep_for(milliseconds(100));
    Unplug();
    std::this_thread::sleep_for(milliseconds(700));
    PlugIn();
    std::this_thread::sleep_for(milliseconds(900));
    Print("04A2B3C4\n");
  });
  EXPECT_EQ(Next(), "1426522848");
  EXPECT_THAT(Next(), HasSubstr(port_));
  std::string next = Next();
  if (next != "04A2B3C4") next = Next();  // it may be seen to be gone in two ways
  EXPECT_EQ(next, "04A2B3C4");
}

TEST_F(SerialReaderTest, HalfALineOfOneThatIsUnpluggedIsNoCard) {
  PlugIn();
  std::jthread plugs([this] {
    std::this_thread::sleep_for(milliseconds(200));
    Print("04A2B3C4");  // of 04A2B3C4D5E680
    std::this_thread::sleep_for(milliseconds(100));
    Unplug();
  });
  EXPECT_THAT(Next(), HasSubstr(port_));
}

TEST_F(SerialReaderTest, AStopEndsTheWaitAtOnce) {
  for (const bool plugged : {false, true}) {
    if (plugged) PlugIn();
    std::stop_source stop;
    if (!plugged) {
      EXPECT_THAT(Next(), HasSubstr("plugged"));
    }
    std::jthread stops([&stop] {
      std::this_thread::sleep_for(milliseconds(100));
      stop.request_stop();
    });
    const auto ended = reader_->Next(stop.get_token());
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kClosed);
  }
}

TEST_F(SerialReaderTest, WhatIsNoSerialLineIsSaid) {
  reader_ = MakeSerialReader({"/dev/null", 9'600}, CardFormat::kAuto, SystemClock());
  EXPECT_THAT(Next(), HasSubstr("it is no serial line"));
}

TEST(ParseSerialTest, NamesTheDeviceAndItsSpeed) {
  EXPECT_EQ(ParseSerial("/dev/ttyUSB0")->baud, 9'600u);
  EXPECT_EQ(ParseSerial("/dev/ttyACM0,baud=115200")->baud, 115'200u);
  EXPECT_EQ(ParseSerial("/dev/ttyACM0,baud=115200")->device, "/dev/ttyACM0");
  for (const char* wrong : {"", "ttyUSB0", "/dev/ttyUSB0,baud=", "/dev/ttyUSB0,baud=1",
                            "/dev/ttyUSB0,baud=9600x", "/dev/ttyUSB0,parity=even"}) {
    const auto parsed = ParseSerial(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMisconfigured);
  }
}

}  // namespace
}  // namespace tamtap
