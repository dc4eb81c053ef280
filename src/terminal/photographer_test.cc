#include "terminal/photographer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr milliseconds kBetweenFrames{66};

// Takes a frame now and then, and says who stood before it: each Grab() waits for the next one.
class ClockedCamera final : public Camera {
 public:
  explicit ClockedCamera(sim::FakeClock& clock) : clock_(clock) {}
  Result<Frame> Grab(MonotonicTime from, MonotonicTime until, LateCamera late_given) override {
    late = late_given;
    asked_from.push_back(from);
    ++asked;
    const bool gives_up = is_late && frames > 0 && late == LateCamera::kIsNotWaitedFor;
    if (broken || gives_up) {
      return Error{ErrorCode::kMisconfigured, "wait for the camera", 0, "plug it in"};
    }
    const auto left = std::max(until - clock_.MonotonicNow(), until - until);
    clock_.Advance(std::min<MonotonicClock::duration>(kBetweenFrames, left));
    if (left < kBetweenFrames) {
      return Error{ErrorCode::kMisconfigured, "wait for the camera", 0, ""};
    }
    return Frame{"frame " + std::to_string(++frames)};
  }
  void Want(bool) override {}
  std::string Describe() const override { return "clocked"; }

  bool broken = false;
  bool is_late = false;  // after the first frame
  int frames = 0;
  int asked = 0;
  LateCamera late = LateCamera::kIsWaitedFor;
  std::vector<MonotonicTime> asked_from;

 private:
  sim::FakeClock& clock_;
};

// Sees a face in these frames, and finds no picture in others.
class ListedFace final : public FaceCheck {
 public:
  Result<FaceVerdict> Check(const Frame& frame, const FaceRules& rules) override {
    asked_for_eyes = rules.eyes;
    if (std::count(damaged.begin(), damaged.end(), frame.encoded) > 0) {
      return Error{ErrorCode::kRejected, "look at a picture", 0, ""};
    }
    const bool seen = std::count(good.begin(), good.end(), frame.encoded) > 0;
    return seen ? FaceVerdict::kOneFace : FaceVerdict::kNoFace;
  }
  std::vector<std::string> good;
  std::vector<std::string> damaged;
  bool asked_for_eyes = false;
};

class PhotographerTest : public ::testing::Test {
 protected:
  std::string Shoot(Photographer& photographer, MonotonicTime read_at) {
    const Look look = photographer.LookAtFace(read_at, school_);
    if (look.refusal != Refusal::kNone) return std::string(ToString(look.refusal));
    return look.frame ? look.frame->encoded : "no photo";
  }
  MonotonicTime Now() { return clock_.MonotonicNow(); }

  sim::FakeClock clock_{WallTime(std::chrono::seconds(1'800'000'000))};
  ClockedCamera camera_{clock_};
  ListedFace face_;
  SchoolSettings school_;
};

TEST_F(PhotographerTest, FramesFromShortlyBeforeTheTapWillDoAndNoneFromBeforeTheLastLook) {
  Photographer photographer(&camera_, &face_, clock_);
  face_.good = {"frame 1", "frame 2", "frame 3"};
  clock_.Advance(milliseconds(10'000));
  const MonotonicTime first = Now();
  EXPECT_EQ(Shoot(photographer, first), "frame 1");
  const MonotonicTime looked = Now();
  clock_.Advance(milliseconds(50));
  EXPECT_EQ(Shoot(photographer, Now()), "frame 2") << "it may show the one who tapped before";
  clock_.Advance(milliseconds(5'000));
  const MonotonicTime third = Now();
  EXPECT_EQ(Shoot(photographer, third), "frame 3");
  EXPECT_THAT(camera_.asked_from,
              ElementsAre(first - milliseconds(300), looked, third - milliseconds(300)));
}

TEST_F(PhotographerTest, AFaceIsLookedForAsLongAsTheSchoolSays) {
  Photographer photographer(&camera_, &face_, clock_);
  for (const int patience : {1'000, 3'000, 200}) {
    school_.face_patience_ms = patience;
    const MonotonicTime begin = Now();
    EXPECT_EQ(Shoot(photographer, begin), "NO_FACE_DETECTED");
    EXPECT_LE(Now() - begin, milliseconds(patience));
    EXPECT_GE(Now() - begin, milliseconds(patience) - kBetweenFrames);
  }
}

TEST_F(PhotographerTest, AFlagOfTheGateSaysHowLongAFaceIsLookedFor) {
  Photographer photographer(&camera_, &face_, clock_,
                            {.camera_required = false, .face_patience = milliseconds(400)});
  const MonotonicTime begin = Now();
  EXPECT_EQ(Shoot(photographer, begin), "NO_FACE_DETECTED");
  EXPECT_LE(Now() - begin, milliseconds(400));
}

TEST_F(PhotographerTest, ACameraThatIsKnownToFailCostsNoTime) {
  Photographer photographer(&camera_, &face_, clock_);
  camera_.broken = true;
  const MonotonicTime begin = Now();
  EXPECT_EQ(Shoot(photographer, begin), "no photo");
  school_.camera_required = true;
  EXPECT_EQ(Shoot(photographer, begin), "CAMERA_FAILED");
  EXPECT_EQ(Now() - begin, milliseconds(0));
  EXPECT_EQ(camera_.asked, 2) << "once a tap";
}

TEST_F(PhotographerTest, AFrameThatIsNoPictureIsPassedOver) {
  Photographer photographer(&camera_, &face_, clock_);
  face_.damaged = {"frame 1", "frame 2"};
  face_.good = {"frame 3"};
  EXPECT_EQ(Shoot(photographer, Now()), "frame 3");
}

TEST_F(PhotographerTest, ManyFramesInARowThatAreNoPictureAreAFailureUnlessTheCameraIsRequired) {
  Photographer photographer(&camera_, &face_, clock_);
  for (int i = 1; i <= 100; ++i) face_.damaged.push_back("frame " + std::to_string(i));
  EXPECT_EQ(Shoot(photographer, Now()), "no photo");
  EXPECT_EQ(camera_.asked, 3);
  school_.camera_required = true;
  const MonotonicTime begin = Now();
  EXPECT_EQ(Shoot(photographer, begin), "CAMERA_FAILED");
  EXPECT_GE(Now() - begin, milliseconds(school_.face_patience_ms) - kBetweenFrames);
}

TEST_F(PhotographerTest, ACameraThatIsLateIsWaitedForOnlyWhereItIsRequired) {
  Photographer photographer(&camera_, &face_, clock_);
  face_.good = {"frame 1"};
  Shoot(photographer, Now());
  EXPECT_EQ(camera_.late, LateCamera::kIsNotWaitedFor);
  school_.camera_required = true;
  Shoot(photographer, Now());
  EXPECT_EQ(camera_.late, LateCamera::kIsWaitedFor);
}

TEST_F(PhotographerTest, NobodyIsTurnedAwaySoonerBecauseTheCameraIsLate) {
  Photographer photographer(&camera_, &face_, clock_);
  camera_.is_late = true;
  face_.good = {"frame 3"};
  EXPECT_EQ(Shoot(photographer, Now()), "frame 3") << "the first showed none";
  EXPECT_EQ(Shoot(photographer, Now()), "no photo") << "and nothing is seen at once";
}

TEST_F(PhotographerTest, EyesAreLookedForOnlyWhereTheSchoolSaysSo) {
  Photographer photographer(&camera_, &face_, clock_);
  face_.good = {"frame 1", "frame 2"};
  EXPECT_EQ(Shoot(photographer, Now()), "frame 1");
  EXPECT_FALSE(face_.asked_for_eyes);
  school_.face_eyes = true;
  EXPECT_EQ(Shoot(photographer, Now()), "frame 2");
  EXPECT_TRUE(face_.asked_for_eyes);
}

TEST_F(PhotographerTest, ASchoolThatWantsNoPhotosGetsNone) {
  Photographer photographer(&camera_, &face_, clock_);
  EXPECT_TRUE(photographer.TakesPhotos(school_));
  school_.camera_enabled = false;
  EXPECT_FALSE(photographer.TakesPhotos(school_));
  EXPECT_FALSE(Photographer(nullptr, nullptr, clock_).TakesPhotos(SchoolSettings()));
}

}  // namespace
}  // namespace tamtap
