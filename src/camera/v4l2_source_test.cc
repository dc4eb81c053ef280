#include "camera/v4l2_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "camera/video_model.h"
#include "picture/tiny_jpeg.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class V4l2SourceTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<FrameSource>> Start() {
    return StartV4l2(std::make_unique<ModelVideo>(model_), {"/dev/video0", 800, 600});
  }
  // What a read of it gives, until it waits.
  static std::vector<std::string> Pictures(FrameSource& source, int reads = 20) {
    std::vector<std::string> pictures;
    for (int i = 0; i < reads; ++i) {
      const auto read = source.Read(
          milliseconds(1), [&](std::string_view picture) { pictures.emplace_back(picture); });
      if (!read) pictures.push_back(read.error().Message());
    }
    return pictures;
  }

  VideoModel model_;
};

TEST_F(V4l2SourceTest, SetsTheCameraUpAndGivesItsFramesAndGivesAllBackAtTheEnd) {
  auto source = Start();
  ASSERT_TRUE(source) << source.error().Message();
  EXPECT_TRUE(model_.streams);
  EXPECT_EQ(model_.chosen.width, 800u);
  EXPECT_EQ(model_.chosen.height, 600u);
  EXPECT_EQ(model_.rate.denominator, 15u);
  EXPECT_EQ(model_.mapped, 4);
  for (int i = 0; i < 9; ++i) model_.frames.push_back(TinyJpeg());
  EXPECT_EQ(Pictures(**source).size(), 9u) << "more than there are buffers";
  EXPECT_EQ(model_.queued.size(), 4u) << "each buffer is the camera's again";
  source->reset();
  EXPECT_FALSE(model_.streams);
  EXPECT_EQ(model_.mapped, 0);
  EXPECT_FALSE(model_.open);
}

TEST_F(V4l2SourceTest, ACameraThatTheKernelCallsJpegIsOneToo) {
  model_.format = V4L2_PIX_FMT_JPEG;
  EXPECT_TRUE(Start());
}

TEST_F(V4l2SourceTest, WhatIsBehindAPictureInItsBufferIsNoPicture) {
  auto source = Start();
  ASSERT_TRUE(source);
  model_.frames = {TinyJpeg() + std::string(500, '\0'), TinyJpeg() + TinyJpeg().substr(0, 50),
                   TinyJpeg().substr(50), TinyJpeg()};
  EXPECT_THAT(Pictures(**source), ElementsAre(TinyJpeg(), TinyJpeg(), TinyJpeg()))
      << "a buffer's rest is not continued by the next one";
}

TEST_F(V4l2SourceTest, ABufferThatTheDriverCallsDamagedOrEmptyIsPassedAndGivenBack) {
  auto source = Start();
  ASSERT_TRUE(source);
  model_.flags = V4L2_BUF_FLAG_ERROR;
  model_.frames = {TinyJpeg(), ""};
  EXPECT_THAT(Pictures(**source), IsEmpty());
  EXPECT_EQ(model_.queued.size(), 4u);
  model_.flags = 0;
  model_.frames = {"", TinyJpeg()};
  EXPECT_THAT(Pictures(**source), ElementsAre(TinyJpeg()));
}

TEST_F(V4l2SourceTest, ADriverThatSaysMoreThanABufferHoldsIsNotBelieved) {
  model_.buffer_bytes = 4096;
  auto source = Start();
  ASSERT_TRUE(source);
  model_.bytesused = 1 << 30;
  model_.frames = {TinyJpeg()};
  EXPECT_THAT(Pictures(**source), ElementsAre(TinyJpeg()));
}

TEST_F(V4l2SourceTest, NoJpegIsSaid) {
  auto source = Start();
  ASSERT_TRUE(source);
  model_.frames = {std::string(1000, 'y')};
  EXPECT_THAT(Pictures(**source), IsEmpty());
  EXPECT_THAT((*source)->Remark(), HasSubstr("no JPEG"));
}

TEST_F(V4l2SourceTest, ACameraThatIsUnpluggedIsAnErrorWithAHint) {
  auto source = Start();
  ASSERT_TRUE(source);
  model_.gone = true;
  const auto read = (*source)->Read(milliseconds(1), [](std::string_view) {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kRetry);
  EXPECT_THAT(read.error().Message(), HasSubstr("plug the camera in"));
}

TEST_F(V4l2SourceTest, WhatIsNoCameraOrGivesNoJpegIsAMisconfiguration) {
  model_.capabilities = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
  EXPECT_THAT(Start().error().Message(), HasSubstr("try the next one"));
  model_.capabilities = V4L2_CAP_VIDEO_CAPTURE;
  EXPECT_THAT(Start().error().Message(), HasSubstr("can't stream"));
  model_.capabilities |= V4L2_CAP_STREAMING;
  model_.format = V4L2_PIX_FMT_YUYV;
  const auto source = Start();
  EXPECT_EQ(source.error().code, ErrorCode::kMisconfigured);
  EXPECT_THAT(source.error().Message(), HasSubstr("it gives no JPEG; use exec:"));
  model_.fails = {{VIDIOC_QUERYCAP, ENOTTY}};
  EXPECT_THAT(Start().error().Message(), HasSubstr("no video device"));
}

TEST_F(V4l2SourceTest, EveryCallThatFailsIsAnErrorAndGivesAllBack) {
  for (const unsigned long call : {VIDIOC_QUERYCAP, VIDIOC_S_FMT, VIDIOC_REQBUFS, VIDIOC_QUERYBUF,
                                   VIDIOC_QBUF, VIDIOC_STREAMON}) {
    model_.fails = {{call, EBUSY}};
    const auto source = Start();
    ASSERT_FALSE(source) << call;
    EXPECT_EQ(source.error().code, ErrorCode::kRetry);
    EXPECT_THAT(source.error().Message(), HasSubstr("another program uses the camera"));
    EXPECT_EQ(model_.mapped, 0) << call;
    EXPECT_FALSE(model_.open);
  }
  model_.fails = {{VIDIOC_S_PARM, EINVAL}};
  EXPECT_TRUE(Start()) << "a camera that can't choose its rate has one";
  model_.fails = {};
  model_.buffers = 0;
  EXPECT_FALSE(Start());
}

}  // namespace
}  // namespace tamtap
