#include "reader/text_readers.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/test_directory.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class TextReadersTest : public ::testing::Test {
 protected:
  std::string Write(std::string_view text) {
    const std::string path = directory_ / "cards";
    std::ofstream(path) << text;
    return path;
  }
  milliseconds Elapsed() {
    return std::chrono::duration_cast<milliseconds>(clock_.MonotonicNow() - start_);
  }

  const TestDirectory directory_;
  sim::FakeClock clock_{WallTime()};
  const MonotonicTime start_ = clock_.MonotonicNow();
};

TEST_F(TextReadersTest, EveryLineIsATapRepeatedOnesToo) {
  const int fd = open(Write("04a2b3c4d5e680\n04A2B3C4D5E680\n100582761834\n").c_str(), O_RDONLY);
  const auto reader = MakeLineReader(fd, "stdin", CardFormat::kAuto);
  EXPECT_EQ(reader->Describe(), "stdin");
  EXPECT_EQ(reader->Next({})->readings.uid.text(), "04A2B3C4D5E680");
  EXPECT_EQ(reader->Next({})->readings.uid.text(), "04A2B3C4D5E680");
  EXPECT_EQ(reader->Next({})->readings.uid.text(), "176B3325");
  EXPECT_EQ(reader->Next({}).error().code, ErrorCode::kClosed);
  EXPECT_EQ(reader->Next({}).error().code, ErrorCode::kClosed);
  close(fd);
}

TEST_F(TextReadersTest, ALineThatIsNoCardIsHandedOnAsItWasRead) {
  const int fd =
      open(Write("176B3325\nhello\n# 176B3325\n" + std::string(2'000, 'x') + "\n176B3325").c_str(),
           O_RDONLY);
  const auto reader = MakeLineReader(fd, "stdin", CardFormat::kAuto);
  EXPECT_EQ(reader->Next({})->readings.uid.text(), "176B3325");
  // Standard input knows no comments.
  for (const std::string& text : {std::string("hello"), std::string("# 176B3325"),
                                  std::string(PresentedCard::kMostCardText, 'x')}) {
    const auto card = reader->Next({});
    ASSERT_TRUE(card);
    EXPECT_TRUE(card->readings.none());
    EXPECT_EQ(card->text, text);
  }
  EXPECT_EQ(reader->Next({})->readings.uid.text(), "176B3325");
  close(fd);
}

TEST_F(TextReadersTest, WhatReadersPutAroundAnIdIsNoTapOfItsOwn) {
  const int fd = open(Write("\x02"
                            "176B3325\r\n\x03\x02"
                            "176B3326\r\n\x03;176B3327?\r0x176B3328\r\r  \x02\x03"
                            "176B3329\x03")
                          .c_str(),
                      O_RDONLY);
  const auto reader = MakeLineReader(fd, "stdin", CardFormat::kAuto);
  for (const char* uid : {"176B3325", "176B3326", "176B3327", "176B3328", "176B3329"}) {
    EXPECT_EQ(reader->Next({})->readings.uid.text(), uid);
  }
  EXPECT_EQ(reader->Next({}).error().code, ErrorCode::kClosed);
  close(fd);
}

TEST_F(TextReadersTest, AScriptIsPacedByItsClock) {
  auto reader = MakeScriptReader(Write("# gate 1\n"
                                       "176B3325  # at once\n"
                                       "sleep 250\n"
                                       "176B3326\n"
                                       "@5000 176B3327\r\n"
                                       "@100\t176B3328\n"
                                       "  sleep 0\n"
                                       "04 A2 B3 C4 D5 E6 80"),
                                 CardFormat::kAuto, clock_);
  ASSERT_TRUE(reader);
  EXPECT_THAT((*reader)->Describe(), HasSubstr("script:"));
  EXPECT_EQ((*reader)->Next({})->readings.uid.text(), "176B3325");
  EXPECT_EQ(Elapsed(), milliseconds(0));
  EXPECT_EQ((*reader)->Next({})->readings.uid.text(), "176B3326");
  EXPECT_EQ(Elapsed(), milliseconds(250));
  EXPECT_EQ((*reader)->Next({})->readings.uid.text(), "176B3327");
  EXPECT_EQ(Elapsed(), milliseconds(5000));
  EXPECT_EQ((*reader)->Next({})->readings.uid.text(), "176B3328");  // its time is over: at once
  EXPECT_EQ((*reader)->Next({})->readings.uid.text(), "04A2B3C4D5E680");
  EXPECT_EQ(Elapsed(), milliseconds(5000));
  EXPECT_EQ((*reader)->Next({}).error().code, ErrorCode::kClosed);
}

TEST_F(TextReadersTest, AMalformedScriptLineIsRefusedByItsNumberAndTheScriptGoesOn) {
  const char* const kBad[] = {"sleep",         "sleep ten",    "sleep 10 ms",
                              "sleep -1",      "@ 176B3325",   "@10",
                              "@10x 176B3325", "@-5 176B3325", "@99999999999999999999 176B3325",
                              "sleep 86400001"};
  std::string text;
  for (const char* line : kBad) text += std::string(line) + "\n";
  auto reader = MakeScriptReader(Write(text + "176B3325\n"), CardFormat::kAuto, clock_);
  ASSERT_TRUE(reader);
  for (size_t i = 0; i < std::size(kBad); ++i) {
    const auto refused = (*reader)->Next({});
    ASSERT_FALSE(refused) << kBad[i];
    EXPECT_EQ(refused.error().code, ErrorCode::kRejected) << kBad[i];
    EXPECT_THAT(refused.error().Message(), HasSubstr("line " + std::to_string(i + 1)));
  }
  EXPECT_TRUE((*reader)->Next({}));
  EXPECT_EQ(Elapsed(), milliseconds(0));
}

TEST_F(TextReadersTest, AStopEndsALongPause) {
  auto reader =
      MakeScriptReader(Write("sleep 3600000\n176B3325\n"), CardFormat::kAuto, SystemClock());
  ASSERT_TRUE(reader);
  std::stop_source stop;
  std::jthread stopper([&stop] {
    std::this_thread::sleep_for(milliseconds(20));
    stop.request_stop();
  });
  EXPECT_EQ((*reader)->Next(stop.get_token()).error().code, ErrorCode::kClosed);
}

TEST_F(TextReadersTest, AScriptThatIsNotThereOrADirectoryIsAMisconfiguration) {
  EXPECT_EQ(MakeScriptReader(directory_ / "none", CardFormat::kAuto, clock_).error().code,
            ErrorCode::kMisconfigured);
  EXPECT_EQ(MakeScriptReader(directory_.path(), CardFormat::kAuto, clock_).error().code,
            ErrorCode::kMisconfigured);
}

}  // namespace
}  // namespace tamtap
