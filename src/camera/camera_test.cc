#include "camera/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/test_directory.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

class FilesCameraTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, std::string_view content) {
    std::ofstream(directory_ / name) << content;
  }
  Result<std::unique_ptr<Camera>> Make() { return MakeCamera("files:" + directory_.path()); }
  static std::string Grab(Camera& camera) {
    auto frame = camera.Grab();
    return frame ? frame->encoded : std::string(ToString(frame.error().code));
  }

  const TestDirectory directory_;
};

TEST_F(FilesCameraTest, PicturesComeInNameOrderOverAndOver) {
  Write("b.png", "2");
  Write("a.jpg", "1");
  Write("c.JPEG", "3");
  Write("notes.txt", "no");
  Write(".jpg", "no");
  Write("jpg", "no");
  auto camera = Make();
  ASSERT_TRUE(camera) << camera.error().Message();
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Grab(**camera), "1");
    EXPECT_EQ(Grab(**camera), "2");
    EXPECT_EQ(Grab(**camera), "3");
  }
  EXPECT_EQ((*camera)->Describe(), "files:" + directory_.path());
}

TEST_F(FilesCameraTest, PicturesMayComeAndGo) {
  Write("a.jpg", "1");
  Write("b.jpg", "2");
  Write("c.jpg", "3");
  auto camera = Make();
  ASSERT_TRUE(camera);
  EXPECT_EQ(Grab(**camera), "1");
  std::filesystem::remove(directory_ / "b.jpg");
  EXPECT_EQ(Grab(**camera), "3") << "the one that has gone is passed over";
  Write("0.jpg", "0");
  EXPECT_EQ(Grab(**camera), "0") << "a new round sees what is new";
  for (const char* name : {"0.jpg", "a.jpg", "c.jpg"}) {
    std::filesystem::remove(directory_ / name);
  }
  EXPECT_EQ(Grab(**camera), ToString(ErrorCode::kMisconfigured));
  Write("d.jpg", "4");
  EXPECT_EQ(Grab(**camera), "4") << "pictures are back, and so is the camera";
}

TEST_F(FilesCameraTest, APictureThatCannotBeReadIsSaidAndPassed) {
  Write("a.jpg", "1");
  std::filesystem::create_directory(directory_ / "b.jpg");
  Write("c.jpg", "");
  Write("d.jpg", "");
  std::filesystem::resize_file(directory_ / "d.jpg", 33 << 20);
  Write("e.jpg", "5");
  auto camera = Make();
  ASSERT_TRUE(camera);
  EXPECT_EQ(Grab(**camera), "1");
  for (const char* name : {"b.jpg", "c.jpg", "d.jpg"}) {
    auto frame = (*camera)->Grab();
    ASSERT_FALSE(frame) << name;
    EXPECT_EQ(frame.error().code, ErrorCode::kRetry);
    EXPECT_THAT(frame.error().Message(), HasSubstr(name));
  }
  EXPECT_EQ(Grab(**camera), "5");
  EXPECT_EQ(Grab(**camera), "1");
}

TEST_F(FilesCameraTest, ADirectoryWithoutPicturesIsAMisconfiguration) {
  Write("notes.txt", "no");
  EXPECT_EQ(Make().error().code, ErrorCode::kMisconfigured);
  EXPECT_EQ(MakeCamera("files:" + directory_ / "none").error().code, ErrorCode::kMisconfigured);
}

TEST(MakeCameraTest, NoneIsNoCamera) {
  const auto camera = MakeCamera("none");
  ASSERT_TRUE(camera);
  EXPECT_EQ(*camera, nullptr);
}

TEST(MakeCameraTest, RefusesWhatDoesNotExistAndNamesWhatDoes) {
  for (const char* spec : {"", "files", "files:", "none:", "v4l2:/dev/video0", "rpicam",
                           "exec:cat a.mjpeg", "webcam"}) {
    const auto camera = MakeCamera(spec);
    ASSERT_FALSE(camera) << spec;
    EXPECT_EQ(camera.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(camera.error().Message(), HasSubstr("none or files:DIR"));
  }
}

}  // namespace
}  // namespace tamtap
