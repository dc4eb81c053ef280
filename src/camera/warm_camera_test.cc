#include "camera/warm_camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/mutex.h"
#include "camera/frame_ring.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// A camera that behaves as it is told, every 10 ms.
struct Behaviour {
  enum Kind { kFine, kSilent, kSame, kGarbage, kDies };
  std::atomic<Kind> kind{kFine};
  std::atomic<bool> missing{false};
  std::atomic<bool> blocks{false};  // in the middle of a read
  std::atomic<int> opened{0};
  std::atomic<int> open{0};
  std::atomic<int> number{0};
  std::atomic<int> pause_ms{10};  // between two frames
};

constexpr int kLieReady = 3;

class ModelSource final : public FrameSource {
 public:
  explicit ModelSource(std::shared_ptr<Behaviour> model) : model_(std::move(model)) {
    ++model_->opened;
    ++model_->open;
  }
  ~ModelSource() override { --model_->open; }

  Result<> Read(milliseconds, const Take& take) override {
    std::this_thread::sleep_for(milliseconds(model_->pause_ms));
    int number = ++model_->number;
    // What is taken meanwhile lies ready afterwards, as in the four buffers of a device.
    const bool is_held = model_->blocks;
    while (model_->blocks) std::this_thread::sleep_for(milliseconds(1));
    for (int ready = 0; is_held && ready < kLieReady; ++ready) {
      take("frame " + std::to_string(number));
      number = ++model_->number;
    }
    switch (model_->kind) {
      case Behaviour::kFine:
        take("frame " + std::to_string(number));
        break;
      case Behaviour::kSame:
        take("frame");
        break;
      case Behaviour::kGarbage:
        take("garbage " + std::to_string(number));
        break;
      case Behaviour::kDies:
        return Error{ErrorCode::kRetry, "read from the model: it ended", 0, "it says: ouch"};
      case Behaviour::kSilent:
        break;
    }
    return {};
  }
  std::string Remark() const override { return ""; }

 private:
  const std::shared_ptr<Behaviour> model_;
};

class WarmCameraTest : public ::testing::Test {
 protected:
  ~WarmCameraTest() override { model_->blocks = false; }

  void Make() {
    camera_ = std::make_unique<WarmCamera>(
        [model = model_]() -> Result<std::unique_ptr<FrameSource>> {
          if (model->missing) return Error{ErrorCode::kRetry, "open the model", 0, "plug it in"};
          return std::unique_ptr<FrameSource>(std::make_unique<ModelSource>(model));
        },
        [](std::string_view frame) -> Result<> {
          if (frame.starts_with("frame")) return {};
          return Error{ErrorCode::kRejected, "look at a picture", 0, ""};
        },
        "model", clock_);
  }
  Result<Frame> Grab(milliseconds patience, milliseconds ago = milliseconds(300),
                     LateCamera late = LateCamera::kIsWaitedFor) {
    const MonotonicTime now = clock_.MonotonicNow();
    return camera_->Grab(now - ago, now + patience, late);
  }
  // Looks at it until a Grab without patience says this; how long that took.
  MonotonicClock::duration Until(const std::string& trouble) {
    const MonotonicTime begin = clock_.MonotonicNow();
    std::string said;
    while (clock_.MonotonicNow() - begin < seconds(30)) {
      const auto frame = Grab(milliseconds(0));
      said = frame ? "a frame" : frame.error().Message();
      if (said.find(trouble) != std::string::npos) return clock_.MonotonicNow() - begin;
      std::this_thread::sleep_for(milliseconds(10));
    }
    ADD_FAILURE() << "it never said '" << trouble << "', and last '" << said << "'";
    return seconds(30);
  }
  MonotonicClock::duration TimeOf(const std::function<void()>& act) {
    const MonotonicTime begin = clock_.MonotonicNow();
    act();
    return clock_.MonotonicNow() - begin;
  }

  Clock& clock_ = SystemClock();
  const std::shared_ptr<Behaviour> model_ = std::make_shared<Behaviour>();
  std::unique_ptr<WarmCamera> camera_;
};

TEST_F(WarmCameraTest, AFrameFromBeforeTheTapIsThereAndNoFrameIsGivenTwice) {
  Make();
  ASSERT_TRUE(Grab(seconds(20)));
  std::this_thread::sleep_for(milliseconds(200));
  auto frame = Grab(milliseconds(0));
  ASSERT_TRUE(frame) << "without any waiting";
  std::string last = frame->encoded;
  for (int i = 0; i < 20; ++i) {
    frame = Grab(seconds(20), milliseconds(0));
    ASSERT_TRUE(frame) << frame.error().Message();
    EXPECT_NE(frame->encoded, last);
    last = frame->encoded;
  }
}

TEST_F(WarmCameraTest, AFrameFromBeforeTheTimeThatIsWantedIsNotGiven) {
  Make();
  ASSERT_TRUE(Grab(seconds(20)));
  model_->blocks = true;
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(Grab(milliseconds(20), milliseconds(0))) << "what is there is older";
}

TEST_F(WarmCameraTest, ACameraThatIsBrokenIsNoticedWithinThreeSecondsAndCostsNoTapAnyTime) {
  for (const auto& [kind, trouble] : {std::pair{Behaviour::kSame, "frozen"},
                                      {Behaviour::kGarbage, "can't be decoded"},
                                      {Behaviour::kSilent, "no pictures any more"},
                                      {Behaviour::kDies, "it says: ouch"}}) {
    model_->kind = Behaviour::kFine;
    Make();
    ASSERT_TRUE(Grab(seconds(20)));
    model_->kind = kind;
    EXPECT_LT(Until(trouble), milliseconds(3'500)) << trouble;
    EXPECT_LT(TimeOf([this] {
                for (int i = 0; i < 100; ++i) EXPECT_FALSE(Grab(seconds(20)));
              }),
              seconds(5))
        << trouble;
    camera_.reset();
  }
}

TEST_F(WarmCameraTest, ABrokenCameraIsOpenedAnewAfterLongerAndLongerPausesAndIsBackByItself) {
  model_->kind = Behaviour::kDies;
  Make();
  Until("ouch");
  std::this_thread::sleep_for(milliseconds(3'500));
  EXPECT_GE(model_->opened, 2);
  EXPECT_LE(model_->opened, 4) << "after 1, 3 and 7 seconds";
  model_->kind = Behaviour::kFine;
  EXPECT_LT(Until("a frame"), seconds(20));
}

TEST_F(WarmCameraTest, ACameraThatIsPluggedInLaterIsFound) {
  model_->missing = true;
  Make();
  Until("plug it in");
  EXPECT_EQ(camera_->Health(), CameraHealth::kFails);
  EXPECT_LT(TimeOf([this] { EXPECT_FALSE(Grab(seconds(20))); }), seconds(5));
  model_->missing = false;
  EXPECT_LT(Until("a frame"), seconds(20));
  EXPECT_EQ(camera_->Health(), CameraHealth::kWorks);
}

TEST_F(WarmCameraTest, ACameraThatIsLateCostsATapNothingBeforeItIsKnownToBeBroken) {
  Make();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Grab(seconds(20), milliseconds(0)));
  model_->kind = Behaviour::kSilent;
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_LT(TimeOf([this] {
              EXPECT_FALSE(Grab(seconds(20), milliseconds(0), LateCamera::kIsNotWaitedFor));
            }),
            milliseconds(1'500));
  EXPECT_GE(TimeOf([this] { EXPECT_FALSE(Grab(milliseconds(300), milliseconds(0))); }),
            milliseconds(300))
      << "whoever needs it waits";
}

TEST_F(WarmCameraTest, ACameraOfFewPicturesIsNotLateBetweenTwoOfThem) {
  model_->pause_ms = 700;
  Make();
  ASSERT_TRUE(Grab(seconds(20)));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Grab(seconds(20), milliseconds(0), LateCamera::kIsNotWaitedFor));
  }
}

TEST_F(WarmCameraTest, WhatWasTakenWhileItWasLateIsNoPictureOfWhoeverTapsNext) {
  model_->pause_ms = 100;
  Make();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Grab(seconds(20), milliseconds(0)));
  model_->blocks = true;
  std::this_thread::sleep_for(milliseconds(700));
  EXPECT_FALSE(Grab(seconds(20), milliseconds(100), LateCamera::kIsNotWaitedFor));
  const MonotonicTime looked = clock_.MonotonicNow();
  const int of_the_first = model_->number;
  model_->blocks = false;
  for (const LateCamera late : {LateCamera::kIsWaitedFor, LateCamera::kIsNotWaitedFor}) {
    const auto frame = camera_->Grab(looked, looked + seconds(20), late);
    ASSERT_TRUE(frame) << frame.error().Message();
    EXPECT_GT(std::stoi(frame->encoded.substr(6)), of_the_first + kLieReady);
  }
}

TEST_F(WarmCameraTest, ATapWaitsForACameraThatStartsAndTheNextOneDoesNot) {
  model_->kind = Behaviour::kSilent;
  Make();
  EXPECT_GE(TimeOf([this] { EXPECT_FALSE(Grab(milliseconds(300))); }), milliseconds(300));
  EXPECT_LT(TimeOf([this] {
              for (int i = 0; i < 100; ++i) EXPECT_FALSE(Grab(milliseconds(300)));
            }),
            seconds(5));
  model_->kind = Behaviour::kFine;
  EXPECT_LT(Until("a frame"), seconds(20));
}

TEST_F(WarmCameraTest, ACameraThatIsNotWantedIsSwitchedOffAndOnAgain) {
  Make();
  ASSERT_TRUE(Grab(seconds(20)));
  EXPECT_EQ(model_->open, 1);
  camera_->Want(false);
  const MonotonicTime begin = clock_.MonotonicNow();
  while (model_->open > 0 && clock_.MonotonicNow() - begin < seconds(20)) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(model_->open, 0);
  camera_->Want(true);
  EXPECT_LT(Until("a frame"), seconds(20));
}

TEST_F(WarmCameraTest, ItsEndWaitsForNoSourceThatIsStuck) {
  Make();
  ASSERT_TRUE(Grab(seconds(20)));
  model_->blocks = true;
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_LT(TimeOf([this] { camera_.reset(); }), seconds(5));
}

TEST(FrameRingTest, KeepsTheNewestFramesAndABoundedNumberOfBytes) {
  FrameRing ring;
  const MonotonicTime t0{seconds(1)};
  for (int i = 1; i <= 9; ++i) ring.Add({std::to_string(i)}, t0 + seconds(i));
  EXPECT_EQ(ring.TakeNewest(t0)->encoded, "9");
  EXPECT_EQ(ring.TakeNewest(t0 + seconds(8))->encoded, "8") << "one from shortly before";
  EXPECT_FALSE(ring.TakeNewest(t0 + seconds(8)));
  EXPECT_EQ(ring.TakeNewest(t0)->encoded, "7");
  EXPECT_EQ(ring.TakeNewest(t0)->encoded, "6");
  EXPECT_FALSE(ring.TakeNewest(t0));
  for (int i = 1; i <= 9; ++i) ring.Add({std::string(3 << 20, 'x')}, t0 + seconds(i));
  EXPECT_TRUE(ring.TakeNewest(t0));
  EXPECT_TRUE(ring.TakeNewest(t0));
  EXPECT_FALSE(ring.TakeNewest(t0));
  ring.Add({"1"}, t0);
  ring.Clear();
  EXPECT_FALSE(ring.TakeNewest(t0));
}

}  // namespace
}  // namespace tamtap
