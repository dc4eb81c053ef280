#include "camera/camera_thread.h"

#include <optional>
#include <thread>
#include <utility>

#include "base/mutex.h"

namespace tamtap {
namespace {

constexpr std::chrono::seconds kOpenAgain{5};

}  // namespace

struct CameraThread::State {
  explicit State(OpenFunction open_given) : open(std::move(open_given)) {}

  void Run() EXCLUDES(mutex);
  // The camera, opened if it was not, or why there is none.
  Result<Camera*> Opened();

  // Of the camera's thread.
  const OpenFunction open;
  std::unique_ptr<Camera> camera;
  std::optional<Error> no_camera;
  std::chrono::steady_clock::time_point open_again{};

  Mutex mutex;
  CondVar changed;
  uint64_t asked GUARDED_BY(mutex) = 1;  // the first question is whether it can be opened
  uint64_t answered GUARDED_BY(mutex) = 0;
  std::optional<Result<Frame>> answer GUARDED_BY(mutex);  // to the newest question
  CameraHealth health GUARDED_BY(mutex) = CameraHealth::kStarting;
  bool ended GUARDED_BY(mutex) = false;
};

Result<Camera*> CameraThread::State::Opened() {
  if (camera) return camera.get();
  const auto now = std::chrono::steady_clock::now();
  if (no_camera && now < open_again) return *no_camera;
  auto opened = open();
  if (opened) {
    camera = *std::move(opened);
    return camera.get();
  }
  no_camera = std::move(opened).error();
  no_camera->code = ErrorCode::kMisconfigured;
  open_again = now + kOpenAgain;
  return *no_camera;
}

void CameraThread::State::Run() {
  bool first = true;
  while (true) {
    const Result<Camera*> opened = Opened();
    std::optional<Result<Frame>> frame;
    if (!opened) {
      frame = opened.error();
    } else if (!first) {
      frame = (*opened)->Grab(MonotonicTime::min(), MonotonicTime::max(), LateCamera::kIsWaitedFor);
    }
    first = false;
    MutexLock lock(mutex);
    const bool fails = frame && !*frame && frame->error().code == ErrorCode::kMisconfigured;
    health = fails ? CameraHealth::kFails : CameraHealth::kWorks;
    answer = std::move(frame);
    answered = asked;
    changed.NotifyAll();
    while (asked == answered && !ended) changed.Wait(mutex);
    if (ended) return;
  }
}

CameraThread::CameraThread(OpenFunction open, std::string name, std::chrono::milliseconds patience)
    : name_(std::move(name)),
      patience_(patience),
      state_(std::make_shared<State>(std::move(open))) {
  std::thread([state = state_] { state->Run(); }).detach();
}

CameraThread::~CameraThread() {
  MutexLock lock(state_->mutex);
  state_->ended = true;
  state_->changed.NotifyAll();
}

CameraHealth CameraThread::Health() {
  MutexLock lock(state_->mutex);
  return state_->health;
}

Result<Frame> CameraThread::Grab(MonotonicTime /*from*/, MonotonicTime /*until*/,
                                 LateCamera /*late*/) {
  const Error silent{ErrorCode::kMisconfigured, "wait for the camera " + name_, 0,
                     "it does not answer; is it plugged in?"};
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  MutexLock lock(state_->mutex);
  const auto wait = [&]() REQUIRES(state_->mutex) {
    while (state_->asked != state_->answered) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= left.zero()) return false;
      state_->changed.WaitFor(state_->mutex, left);
    }
    return true;
  };
  // At the start it may be just about to open.
  if (state_->asked != state_->answered && (waited_in_vain_ || !wait())) {
    waited_in_vain_ = true;
    return silent;
  }
  ++state_->asked;
  state_->changed.NotifyAll();
  waited_in_vain_ = !wait();
  if (waited_in_vain_) return silent;
  if (!state_->answer) return silent;
  return *std::exchange(state_->answer, std::nullopt);
}

}  // namespace tamtap
