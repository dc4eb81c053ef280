#include "camera/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/test_directory.h"
#include "camera/files_camera.h"
#include "camera/v4l2_source.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;

class FilesCameraTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, std::string_view content) {
    std::ofstream(directory_ / name) << content;
  }
  Result<std::unique_ptr<Camera>> Make() { return MakeFilesCamera(directory_.path()); }
  static std::string Grab(Camera& camera) {
    auto frame = camera.Grab(MonotonicTime::min(), MonotonicTime::max(), LateCamera::kIsWaitedFor);
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
    auto frame =
        (*camera)->Grab(MonotonicTime::min(), MonotonicTime::max(), LateCamera::kIsWaitedFor);
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
  EXPECT_EQ(MakeFilesCamera(directory_ / "none").error().code, ErrorCode::kMisconfigured);
}

TEST(MakeCameraTest, NoneIsNoCamera) {
  const auto camera = MakeCamera("none", SystemClock());
  ASSERT_TRUE(camera);
  EXPECT_EQ(*camera, nullptr);
}

TEST(MakeCameraTest, ACameraThatIsNotThereIsMadeAllTheSameAndSaysWhatIsWrongAtOnce) {
  for (const auto& [spec, said] :
       {std::pair{"v4l2:/dev/video-none", "plug the camera in"}, {"exec:exit 3", "exit code 3"}}) {
    auto camera = MakeCamera(spec, SystemClock());
    ASSERT_TRUE(camera) << camera.error().Message();
    const MonotonicTime begin = SystemClock().MonotonicNow();
    const auto frame = (*camera)->Grab(MonotonicTime::min(), begin + std::chrono::seconds(20),
                                       LateCamera::kIsWaitedFor);
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(frame.error().Message(), HasSubstr(said));
    EXPECT_LT(SystemClock().MonotonicNow() - begin, std::chrono::seconds(10));
    EXPECT_EQ((*camera)->Describe(), spec);
  }
}

TEST(MakeCameraTest, RefusesWhatDoesNotExistAndNamesWhatDoes) {
  for (const char* spec : {"", "files", "files:", "none:", "exec:", "exec", "rpicam:", "webcam"}) {
    const auto camera = MakeCamera(spec, SystemClock());
    ASSERT_FALSE(camera) << spec;
    EXPECT_EQ(camera.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(camera.error().Message(), HasSubstr("none, files:DIR, v4l2:/dev/video0"));
  }
}

TEST(MakeCameraTest, ADeviceMayBeAskedForASize) {
  EXPECT_EQ(ParseV4l2("/dev/video2")->width, 640u);
  const auto large = ParseV4l2("/dev/video2,size=1280x720");
  ASSERT_TRUE(large) << large.error().Message();
  EXPECT_EQ(large->device, "/dev/video2");
  EXPECT_EQ(large->width, 1280u);
  EXPECT_EQ(large->height, 720u);
  for (const char* wrong :
       {"", "video0", "/dev/video0,", "/dev/video0,size=", "/dev/video0,size=640",
        "/dev/video0,size=640x0", "/dev/video0,size=ax480", "/dev/video0,fps=3"}) {
    EXPECT_FALSE(CheckCameraSpec(std::string("v4l2:") + wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tamtap
