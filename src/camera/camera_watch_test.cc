#include "camera/camera_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = CameraWatch::State;
using ::testing::HasSubstr;

// A camera that gives what it is told to, fifteen times a second.
class CameraWatchTest : public ::testing::Test {
 protected:
  CameraWatchTest() { watch_.Opened(now_); }

  // For how long it took until it was not `state` any more, at most `longest`.
  milliseconds While(State state, milliseconds longest, const std::function<std::string()>& frame) {
    const MonotonicTime begin = now_;
    while (watch_.Look(now_) == state && now_ - begin < longest) {
      now_ += milliseconds(66);
      const std::string picture = frame();
      if (!picture.empty()) given_ += watch_.Comes(picture, now_) ? 1 : 0;
    }
    return std::chrono::duration_cast<milliseconds>(now_ - begin);
  }
  std::string Next() { return "frame " + std::to_string(++number_); }
  static std::string Nothing() { return ""; }

  CameraWatch watch_{[this](std::string_view frame) -> Result<> {
    ++decoded_;
    if (frame.starts_with("frame")) return {};
    return Error{ErrorCode::kRejected, "look at a picture", 0, ""};
  }};
  MonotonicTime now_{seconds(1'000'000)};
  int number_ = 0;
  int given_ = 0;
  int decoded_ = 0;
};

TEST_F(CameraWatchTest, OneThatGivesNewFramesWorksAndIsDecodedOnceASecond) {
  While(State::kStarting, seconds(5), [this] { return Next(); });
  EXPECT_EQ(While(State::kWorks, seconds(60), [this] { return Next(); }) / seconds(1), 60);
  EXPECT_EQ(given_, number_);
  EXPECT_NEAR(decoded_, 57, 6);
  EXPECT_TRUE(watch_.WorksSteadily(now_));
}

TEST_F(CameraWatchTest, OneThatNeverGivesAFrameIsSilentWithinThreeSecondsAndGivenTen) {
  EXPECT_LE(While(State::kStarting, seconds(20), Nothing), seconds(3));
  EXPECT_EQ(watch_.Look(now_), State::kSilent);
  EXPECT_THAT(watch_.Trouble(), HasSubstr("gives no picture"));
  const milliseconds more = While(State::kSilent, seconds(20), Nothing);
  EXPECT_GE(more, seconds(6));
  EXPECT_LE(more, seconds(8));
  EXPECT_EQ(watch_.Look(now_), State::kHopeless);
  watch_.Opened(now_);
  EXPECT_EQ(watch_.Look(now_), State::kStarting);
}

TEST_F(CameraWatchTest, OneThatStartsSlowlyWorksInTheEnd) {
  While(State::kStarting, seconds(20), Nothing);
  While(State::kSilent, seconds(4), Nothing);
  EXPECT_EQ(watch_.Look(now_), State::kSilent);
  watch_.Comes(Next(), now_);
  EXPECT_EQ(watch_.Look(now_), State::kWorks);
  EXPECT_FALSE(watch_.WorksSteadily(now_));
}

TEST_F(CameraWatchTest, OneThatFreezesIsNoticedWithinThreeSecondsAndItsFramesAreNotGiven) {
  While(State::kStarting, seconds(5), [this] { return Next(); });
  While(State::kWorks, seconds(7), [this] { return Next(); });
  const int before = given_;
  EXPECT_LE(While(State::kWorks, seconds(20), [] { return "frame and frame again"; }), seconds(3));
  EXPECT_EQ(watch_.Look(now_), State::kHopeless);
  EXPECT_EQ(given_, before + 1);
  EXPECT_THAT(watch_.Trouble(), HasSubstr("frozen"));
}

TEST_F(CameraWatchTest, OneThatGivesNothingAnyMoreIsNoticedWithinThreeSeconds) {
  While(State::kStarting, seconds(5), [this] { return Next(); });
  EXPECT_LE(While(State::kWorks, seconds(20), Nothing), seconds(3));
  EXPECT_EQ(watch_.Look(now_), State::kHopeless);
  EXPECT_THAT(watch_.Trouble(), HasSubstr("no pictures any more"));
}

TEST_F(CameraWatchTest, OneThatGivesGarbageIsNoticedWithinThreeSeconds) {
  const auto garbage = [this] { return "garbage " + std::to_string(++number_); };
  While(State::kStarting, seconds(5), [this] { return Next(); });
  While(State::kWorks, seconds(7), [this] { return Next(); });
  const int before = given_;
  EXPECT_LE(While(State::kWorks, seconds(20), garbage), seconds(3));
  EXPECT_EQ(watch_.Look(now_), State::kHopeless);
  EXPECT_LE(given_ - before, 16) << "none is given once one was tried";
  EXPECT_THAT(watch_.Trouble(), HasSubstr("can't be decoded"));
  watch_.Opened(now_);
  EXPECT_LE(While(State::kStarting, seconds(20), garbage), seconds(3));
  EXPECT_EQ(watch_.Look(now_), State::kSilent);
}

TEST_F(CameraWatchTest, AMomentOfGarbageOrOfTheSameFrameIsPassedOver) {
  While(State::kStarting, seconds(5), [this] { return Next(); });
  for (int i = 0; i < 10; ++i) {
    EXPECT_GE(While(State::kWorks, seconds(1), [] { return "garbage"; }), seconds(1));
    EXPECT_GE(While(State::kWorks, seconds(2), [this] { return Next(); }), seconds(2));
  }
}

TEST_F(CameraWatchTest, OneOfAFrameASecondWorks) {
  int turn = 0;
  const auto slow = [&] { return ++turn % 15 == 0 ? Next() : ""; };
  While(State::kStarting, seconds(5), slow);
  EXPECT_GE(While(State::kWorks, seconds(60), slow), seconds(60));
}

}  // namespace
}  // namespace tamtap
