#include "camera/warm_camera.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/mutex.h"
#include "camera/frame_ring.h"
#include "device/said_once.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReadFor{100};  // until a stop or a wish is looked at again
constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{30'000};
constexpr milliseconds kEndPatience{1'000};
// A camera that gave no frame for so long did not answer the tap that waited.
constexpr milliseconds kNoAnswer{500};
// So long after its newest frame a camera is late, and after so many times its usual pause.
constexpr milliseconds kLate{300};
constexpr int kLatePauses = 4;
// Of each new pause so much (one in) goes into the usual one.
constexpr int kShareOfOnePause = 8;
// What comes sooner than after this part (one in) of the usual pause lay ready before.
constexpr int kReadyPart = 2;

}  // namespace

struct WarmCamera::State {
  State(OpenFrameSource open_given, CameraWatch::Decode decode, std::string name_given,
        Clock& clock_given)
      : open(std::move(open_given)),
        name(std::move(name_given)),
        clock(clock_given),
        watch(std::move(decode)) {}

  void Run() EXCLUDES(mutex);
  void Add(Frame frame, MonotonicTime now) EXCLUDES(mutex);
  // When a frame that comes now was taken, at the earliest.
  MonotonicTime TakenAt(MonotonicTime now) REQUIRES(mutex);
  // From when on a tap need not wait for the next frame.
  MonotonicTime LateAt() const REQUIRES(mutex);
  // Reads until the source is of no use any more (an error), or is not wanted.
  Result<> ReadOn() EXCLUDES(mutex);
  void LookAfter(MonotonicTime now) EXCLUDES(mutex);
  void Trouble(const Error& error) EXCLUDES(mutex);
  void NoTrouble() EXCLUDES(mutex);
  bool Wanted() EXCLUDES(mutex);
  // Until it is time, or something else is wanted.
  void Pause(milliseconds pause) EXCLUDES(mutex);

  // Of the camera's thread.
  const OpenFrameSource open;
  const std::string name;
  Clock& clock;
  std::unique_ptr<FrameSource> source;
  CameraWatch watch;
  SaidOnce said;
  milliseconds pause = kFirstPause;

  Mutex mutex;
  CondVar changed;
  FrameRing ring GUARDED_BY(mutex);
  std::optional<Error> trouble GUARDED_BY(mutex);
  MonotonicTime added GUARDED_BY(mutex) = MonotonicTime::min();    // the newest frame
  MonotonicClock::duration usual_pause GUARDED_BY(mutex){};        // between two frames
  MonotonicTime handled GUARDED_BY(mutex) = MonotonicTime::min();  // when that one was put away
  // While it catches up: since when its frames may lie ready, and how soon such a one comes.
  std::optional<MonotonicTime> late_since GUARDED_BY(mutex);
  MonotonicClock::duration ready_within GUARDED_BY(mutex){};
  bool waited_in_vain GUARDED_BY(mutex) = false;  // and no frame came since
  bool wanted GUARDED_BY(mutex) = true;
  bool ended GUARDED_BY(mutex) = false;
  bool finished GUARDED_BY(mutex) = false;
};

bool WarmCamera::State::Wanted() {
  MutexLock lock(mutex);
  return wanted && !ended;
}

void WarmCamera::State::Pause(milliseconds longest) {
  const MonotonicTime until = clock.MonotonicNow() + longest;
  MutexLock lock(mutex);
  while (wanted && !ended) {
    const auto left = until - clock.MonotonicNow();
    if (left <= left.zero()) return;
    changed.WaitFor(mutex, left);
  }
}

void WarmCamera::State::Trouble(const Error& error) {
  {
    MutexLock lock(mutex);
    ring.Clear();
    trouble = error;
    trouble->code = ErrorCode::kMisconfigured;  // the tap does not wait for it
    changed.NotifyAll();
  }
  // What a program says of itself may be something else each time.
  if (said.Begins(error.operation)) {
    LogWarning("camera {}: {}; taps go on without it, and it is tried again", name,
               error.Message());
  }
}

void WarmCamera::State::NoTrouble() {
  MutexLock lock(mutex);
  trouble.reset();
}

void WarmCamera::State::LookAfter(MonotonicTime now) {
  if (!watch.WorksSteadily(now)) return;
  pause = kFirstPause;
  if (said.Ends()) LogInfo("camera {} works again", name);
}

// The first frame after the camera was late may be as old as the pause before it: it lay in the
// device, or in a pipe, and shows who stood there then. So do those that lay behind it, which come
// one after the other; the first that had to be waited for is new.
MonotonicTime WarmCamera::State::TakenAt(MonotonicTime now) {
  if (trouble) {  // it was opened anew
    late_since.reset();
  } else if (!late_since && now > LateAt()) {
    late_since = added;
    ready_within = usual_pause / kReadyPart;
  } else if (late_since && now - handled > ready_within) {
    late_since.reset();
  }
  return late_since.value_or(now);
}

void WarmCamera::State::Add(Frame frame, MonotonicTime now) {
  MutexLock lock(mutex);
  const MonotonicTime taken_at = TakenAt(now);
  if (!trouble && added != MonotonicTime::min()) {
    const auto pause_now = now - added;
    usual_pause += usual_pause == usual_pause.zero() ? pause_now
                                                     : (pause_now - usual_pause) / kShareOfOnePause;
  }
  ring.Add(std::move(frame), taken_at);
  added = now;
  waited_in_vain = false;
  trouble.reset();
  changed.NotifyAll();
  handled = clock.MonotonicNow();
}

MonotonicTime WarmCamera::State::LateAt() const {
  const bool starts = added == MonotonicTime::min() || usual_pause == usual_pause.zero();
  if (starts) return MonotonicTime::max();
  return added + std::max<MonotonicClock::duration>(kLate, usual_pause * kLatePauses);
}

Result<> WarmCamera::State::ReadOn() {
  while (Wanted()) {
    const auto take = [this](std::string_view encoded) {
      const MonotonicTime now = clock.MonotonicNow();
      if (!watch.Comes(encoded, now)) return;
      Add({std::string(encoded)}, now);
    };
    TAMTAP_RETURN_IF_ERROR(source->Read(kReadFor, take));
    const MonotonicTime now = clock.MonotonicNow();
    const CameraWatch::State state = watch.Look(now);
    LookAfter(now);
    if (state == CameraWatch::State::kStarting || state == CameraWatch::State::kWorks) continue;
    const Error wrong{ErrorCode::kRetry, "wait for pictures: " + watch.Trouble(), 0,
                      source->Remark()};
    if (state == CameraWatch::State::kHopeless) return wrong;
    Trouble(wrong);
  }
  return {};
}

void WarmCamera::State::Run() {
  while (true) {
    {
      MutexLock lock(mutex);
      while (!wanted && !ended) changed.Wait(mutex);
      if (ended) break;
    }
    Result<> went;
    if (auto opened = open()) {
      source = *std::move(opened);
      watch.Opened(clock.MonotonicNow());
      went = ReadOn();
      source.reset();
    } else {
      went = std::move(opened).error();
    }
    if (went) {  // it is not wanted
      NoTrouble();
      continue;
    }
    Trouble(went.error());
    Pause(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  MutexLock lock(mutex);
  finished = true;
  changed.NotifyAll();
}

WarmCamera::WarmCamera(OpenFrameSource open, CameraWatch::Decode decode, std::string name,
                       Clock& clock)
    : name_(std::move(name)),
      clock_(clock),
      state_(std::make_shared<State>(std::move(open), std::move(decode), name_, clock)) {
  std::thread([state = state_] { state->Run(); }).detach();
}

WarmCamera::~WarmCamera() {
  const auto deadline = std::chrono::steady_clock::now() + kEndPatience;
  MutexLock lock(state_->mutex);
  state_->ended = true;
  state_->changed.NotifyAll();
  while (!state_->finished) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) return;
    state_->changed.WaitFor(state_->mutex, left);
  }
}

void WarmCamera::Want(bool wanted) {
  MutexLock lock(state_->mutex);
  if (std::exchange(state_->wanted, wanted) == wanted) return;
  state_->ring.Clear();
  state_->waited_in_vain = false;
  if (wanted) state_->added = MonotonicTime::min();
  state_->changed.NotifyAll();
}

CameraHealth WarmCamera::Health() {
  MutexLock lock(state_->mutex);
  if (state_->trouble) return CameraHealth::kFails;
  return state_->added == MonotonicTime::min() ? CameraHealth::kStarting : CameraHealth::kWorks;
}

Result<Frame> WarmCamera::Grab(MonotonicTime from, MonotonicTime until, LateCamera late) {
  const Error silent{ErrorCode::kMisconfigured, fmt::format("wait for the camera {}", name_), 0,
                     "it does not answer; is it plugged in?"};
  MutexLock lock(state_->mutex);
  while (true) {
    if (auto frame = state_->ring.TakeNewest(from)) return *std::move(frame);
    if (state_->trouble) return *state_->trouble;
    if (state_->waited_in_vain) return silent;
    const MonotonicTime now = clock_.MonotonicNow();
    const MonotonicTime end =
        late == LateCamera::kIsWaitedFor ? until : std::min(until, state_->LateAt());
    if (now >= end) {
      const bool answers =
          state_->added != MonotonicTime::min() && now - state_->added <= kNoAnswer;
      if (now >= until && !answers) state_->waited_in_vain = true;
      return silent;
    }
    state_->changed.WaitFor(state_->mutex, end - now);
  }
}

}  // namespace tamtap
