#include "camera/camera_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

// Gives "1", "2" ... and freezes while `frozen` is set.
struct Model {
  std::atomic<bool> frozen{false};
  std::atomic<bool> missing{false};
  std::atomic<int> frames{0};
};

class ModelCamera final : public Camera {
 public:
  explicit ModelCamera(Model& model) : model_(model) {}
  Result<Frame> Grab(MonotonicTime, MonotonicTime, LateCamera) override {
    const int number = ++model_.frames;
    while (model_.frozen) std::this_thread::sleep_for(milliseconds(1));
    return Frame{std::to_string(number)};
  }
  void Want(bool) override {}
  std::string Describe() const override { return "model"; }

 private:
  Model& model_;
};

class CameraThreadTest : public ::testing::Test {
 protected:
  ~CameraThreadTest() override { model_.frozen = false; }

  CameraThread::OpenFunction Open() {
    return [this]() -> Result<std::unique_ptr<Camera>> {
      if (model_.missing) return Error{ErrorCode::kRetry, "open the model", 0, "plug it in"};
      return std::unique_ptr<Camera>(std::make_unique<ModelCamera>(model_));
    };
  }
  // The thread has opened the camera, or tried to, before the first frame is wanted.
  static void LetItOpen() { std::this_thread::sleep_for(milliseconds(50)); }

  static Result<Frame> Grab(Camera& camera) {
    return camera.Grab(MonotonicTime::min(), MonotonicTime::max(), LateCamera::kIsWaitedFor);
  }

  Model model_;
};

TEST_F(CameraThreadTest, FramesComeOneAfterTheOther) {
  CameraThread camera(Open(), "model", milliseconds(5'000));
  LetItOpen();
  for (int i = 1; i <= 5; ++i) {
    const auto frame = Grab(camera);
    ASSERT_TRUE(frame) << frame.error().Message();
    EXPECT_EQ(frame->encoded, std::to_string(i)) << "none is taken that was not asked for";
  }
}

TEST_F(CameraThreadTest, ACameraThatFreezesCostsItsPatienceOnceAndItsLateFrameIsThrownAway) {
  CameraThread camera(Open(), "model", milliseconds(100));
  LetItOpen();
  model_.frozen = true;
  auto begin = steady_clock::now();
  auto frame = Grab(camera);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, ErrorCode::kMisconfigured);
  EXPECT_THAT(frame.error().Message(), HasSubstr("it does not answer"));
  EXPECT_GE(steady_clock::now() - begin, milliseconds(100));
  begin = steady_clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Grab(camera));
  EXPECT_LT(steady_clock::now() - begin, milliseconds(90)) << "the next taps do not wait";
  model_.frozen = false;
  while (!(frame = Grab(camera))) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_NE(frame->encoded, "1") << "that one was of whoever stood there before";
}

TEST_F(CameraThreadTest, ACameraThatIsNotThereFailsAtOnce) {
  model_.missing = true;
  CameraThread camera(Open(), "model", milliseconds(5'000));
  LetItOpen();
  const auto frame = Grab(camera);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, ErrorCode::kMisconfigured);
  EXPECT_THAT(frame.error().Message(), HasSubstr("plug it in"));
}

TEST_F(CameraThreadTest, ItsEndDoesNotWaitForAFrozenCamera) {
  auto model = std::make_shared<Model>();  // outlives the thread that is left behind
  const auto begin = steady_clock::now();
  {
    CameraThread camera(
        [model]() -> Result<std::unique_ptr<Camera>> {
          std::this_thread::sleep_for(milliseconds(1'500));
          return Error{ErrorCode::kRetry, "open", 0, ""};
        },
        "model", milliseconds(10));
    EXPECT_FALSE(Grab(camera));
  }
  EXPECT_LT(steady_clock::now() - begin, milliseconds(1'000));
}

}  // namespace
}  // namespace tamtap
