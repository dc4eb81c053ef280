#include "face/face_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "base/test_directory.h"
#include "picture/test_picture.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

std::string Name(FaceVerdict verdict) {
  switch (verdict) {
    case FaceVerdict::kOneFace:
      return "one face";
    case FaceVerdict::kNoFace:
      return "no face";
    case FaceVerdict::kPartial:
      return "partial";
    case FaceVerdict::kMultipleFaces:
      return "multiple faces";
    case FaceVerdict::kEyesNotVisible:
      return "eyes not visible";
  }
  return "";
}

class FaceCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto check = MakeFaceCheck();
    ASSERT_TRUE(check) << check.error().Message();
    check_ = std::move(*check);
    face_ = GreyPhoto("one_face.png");
  }

  std::string Look(const std::string& encoded, const FaceRules& rules = {}) {
    const auto verdict = check_->Check(Frame{encoded}, rules);
    return verdict ? Name(*verdict) : verdict.error().Message();
  }
  std::string Look(const GreyPicture& picture, const FaceRules& rules = {}) {
    return Look(EncodePng(picture), rules);
  }

  std::unique_ptr<FaceCheck> check_;
  GreyPicture face_;  // 380 x 380, the head about 110 wide in the middle
};

TEST_F(FaceCheckTest, OneFrontalFaceIsOneFace) {
  EXPECT_EQ(Look(Photo("one_face.png")), "one face");
}

TEST_F(FaceCheckTest, NobodyIsNoFace) {
  for (const char* name : {"none_chelsea.png", "none_coffee.png", "none_rocket.jpg",
                           "none_page.png", "none_camera.png"}) {
    EXPECT_EQ(Look(Photo(name)), "no face") << name;
  }
  EXPECT_EQ(Look(Paint(640, 480, [](int, int) { return 128; })), "no face");
  SeededRandom random(5);
  EXPECT_EQ(Look(Paint(640, 480, [&](int, int) { return random.Below(256); })), "no face");
}

TEST_F(FaceCheckTest, SixPeopleAreMultipleFaces) {
  EXPECT_EQ(Look(Photo("six_faces.jpg")), "multiple faces");
}

TEST_F(FaceCheckTest, TwoPeopleSideBySideAreMultipleFaces) {
  const int width = face_.width;
  EXPECT_EQ(Look(Paint(2 * width, face_.height,
                       [&](int x, int y) { return Sample(face_, x % width, y); })),
            "multiple faces");
}

TEST_F(FaceCheckTest, AFaceOffTheMiddleIsPartial) {
  // Its centre is at 190 of 380: in a frame of 640 the middle is where it begins at 130.
  EXPECT_EQ(Look(Place(face_, 640, 480, 130, 50)), "one face");
  EXPECT_EQ(Look(Place(face_, 640, 480, 70, 50)), "one face") << "40 %";
  EXPECT_EQ(Look(Place(face_, 640, 480, 190, 50)), "one face") << "60 %";
  EXPECT_EQ(Look(Place(face_, 640, 480, 0, 50)), "partial") << "30 %";
  EXPECT_EQ(Look(Place(face_, 640, 480, 260, 50)), "partial") << "70 %";
}

TEST_F(FaceCheckTest, LightAngleAndFocusMayVary) {
  const GreyPicture frame = Place(face_, 640, 480, 130, 50);
  const auto lit = [&](double gain, double offset) {
    return Paint(640, 480, [&](int x, int y) { return Sample(frame, x, y) * gain + offset; });
  };
  EXPECT_EQ(Look(lit(0.15, 0)), "one face") << "dark";
  EXPECT_EQ(Look(lit(0.3, 170)), "one face") << "fog";
  EXPECT_EQ(Look(Rotate(frame, 8)), "one face");
  EXPECT_EQ(Look(Rotate(frame, -8)), "one face");
  EXPECT_EQ(Look(Blur(frame, 1)), "one face");
  SeededRandom random(9);
  EXPECT_EQ(Look(Paint(640, 480,
                       [&](int x, int y) {
                         return Sample(frame, x, y) + static_cast<double>(random.Below(31)) - 15;
                       })),
            "one face")
      << "noise";
}

TEST_F(FaceCheckTest, AFaceThatIsUpsideDownOrOutOfFocusIsNone) {
  const GreyPicture frame = Place(face_, 640, 480, 130, 50);
  EXPECT_EQ(Look(Rotate(frame, 180)), "no face");
  EXPECT_EQ(Look(Blur(frame, 25)), "no face");
}

TEST_F(FaceCheckTest, AHeadMayBeTiltedBy20DegreesToEitherSide) {
  const GreyPicture frame = Place(face_, 640, 480, 130, 50);
  for (const double degrees : {12.0, 16.0, 20.0}) {
    EXPECT_EQ(Look(Rotate(frame, degrees)), "one face") << degrees;
    EXPECT_EQ(Look(Rotate(frame, -degrees)), "one face") << -degrees;
  }
}

TEST_F(FaceCheckTest, ATiltedHeadIsWhereItIsInThePictureAsItWasTaken) {
  // Its middle is at 33 % of the width, and where the head is turned upright, at 36 %.
  EXPECT_EQ(Look(Rotate(Place(face_, 640, 480, 56, 256), -18)), "partial");
  EXPECT_EQ(Look(Rotate(Place(face_, 640, 480, 96, 256), -18)), "one face") << "at 39 %";
}

TEST_F(FaceCheckTest, CoveredEyesAreNotVisibleWhereTheSchoolAsksForEyes) {
  const GreyPicture frame = Place(face_, 640, 480, 130, 50);
  // Both eyes, about 103 px below the edge of the photo, are covered with what is beneath them.
  const auto painted = [&](int x, int y) {
    const auto covers = [&](int eye) {
      return std::hypot((x - 130 - eye) / 18.0, (y - 50 - 103) / 12.0) < 1;
    };
    return covers(172) || covers(208) ? Sample(frame, x, y + 24) : Sample(frame, x, y);
  };
  EXPECT_EQ(Look(frame, {.eyes = true}), "one face");
  EXPECT_EQ(Look(Paint(640, 480, painted), {.eyes = true}), "eyes not visible");
  EXPECT_EQ(Look(Paint(640, 480, painted)), "one face") << "a face without eyes is a face";
}

TEST_F(FaceCheckTest, PicturesOfEverySizeAreLookedAtAlike) {
  const GreyPicture frame = Place(face_, 480, 400, 50, 10);
  for (const double factor : {0.8, 1.0, 1.5, 2.5, 4.0}) {
    EXPECT_EQ(Look(Scale(frame, factor)), "one face") << factor;
  }
  EXPECT_EQ(Look(Scale(frame, 0.5)), "no face") << "less than 80 pixels";
  EXPECT_EQ(Look(Paint(1, 1, [](int, int) { return 0; })), "no face");
  EXPECT_EQ(Look(Paint(20000, 3, [](int x, int) { return x % 256; })), "no face");
  EXPECT_EQ(Look(Paint(3, 20000, [](int, int y) { return y % 256; })), "no face");
}

TEST_F(FaceCheckTest, SomebodySmallInTheBackgroundOfALargePictureDoesNotCount) {
  const GreyPicture near = Place(Scale(face_, 3), 1280, 960, 70, 0);
  const GreyPicture far = Scale(face_, 0.85);  // a head of 90 px
  EXPECT_EQ(Look(near), "one face");
  EXPECT_EQ(Look(Paint(1280, 960,
                       [&](int x, int y) {
                         const bool inside = x >= 950 && y < far.height;
                         return inside ? Sample(far, x - 950, y) : Sample(near, x, y);
                       })),
            "one face");
}

TEST_F(FaceCheckTest, WhatIsNoPictureIsRejected) {
  for (const std::string bytes : {"", "not a picture", "\xFF\xD8\xFF\xE0"}) {
    const auto verdict = check_->Check(Frame{bytes}, {});
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, ErrorCode::kRejected);
  }
}

TEST_F(FaceCheckTest, ADamagedPictureIsRejected) {
  const std::string photo = Photo("six_faces.jpg");
  const auto verdict = check_->Check(Frame{photo.substr(0, photo.size() / 2) + "\xFF\xD9"}, {});
  ASSERT_FALSE(verdict) << "half of it is grey";
  EXPECT_EQ(verdict.error().code, ErrorCode::kRejected);
}

TEST(MakeFaceCheckTest, MissingOrBrokenCascadesAreAMisconfiguration) {
  const TestDirectory directory;
  auto check = MakeFaceCheck(directory.path());
  ASSERT_FALSE(check);
  EXPECT_EQ(check.error().code, ErrorCode::kMisconfigured);
  EXPECT_THAT(check.error().Message(), HasSubstr("opencv-data"));
  std::filesystem::create_directory(directory / "lbpcascades");
  for (const char* content :
       {"", "no XML", "<?xml version=\"1.0\"?><opencv_storage></opencv_storage>"}) {
    std::ofstream(directory / "lbpcascades/lbpcascade_frontalface.xml") << content;
    check = MakeFaceCheck(directory.path());
    ASSERT_FALSE(check) << content;
    EXPECT_EQ(check.error().code, ErrorCode::kMisconfigured);
  }
}

}  // namespace
}  // namespace tamtap
