#include "cli/camera_trial.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "picture/picture.h"

namespace tamtap::cli {
namespace {

using std::chrono::milliseconds;

// Programs that start a camera take a second or two.
constexpr milliseconds kFirstPicture{6'000};
constexpr milliseconds kBetweenTries{100};
constexpr milliseconds kOneWait{500};
constexpr milliseconds kOneSight{1'000};

MonotonicTime Now() { return SystemClock().MonotonicNow(); }

}  // namespace

CameraTrial::CameraTrial(Camera& camera) : camera_(camera), newest_(Now()) {}

Result<> CameraTrial::Find() {
  const MonotonicTime give_up = Now() + kFirstPicture;
  while (true) {
    const auto frame = camera_.Grab(newest_, Now() + kOneWait, LateCamera::kIsWaitedFor);
    if (frame) return {};
    if (Now() >= give_up) return frame.error();
    std::this_thread::sleep_for(kBetweenTries);
  }
}

Result<CameraSight> CameraTrial::Watch(milliseconds time, FaceCheck* face) {
  const MonotonicTime begin = Now();
  CameraSight sight;
  std::optional<Frame> newest;
  std::optional<Error> failure;
  int frames = 0;
  while (Now() - begin < time) {
    auto frame = camera_.Grab(newest_, begin + time, LateCamera::kIsWaitedFor);
    if (frame) {
      newest = *std::move(frame);
      ++frames;
    } else {
      failure = std::move(frame).error();
      std::this_thread::sleep_for(std::min<MonotonicClock::duration>(
          kBetweenTries, std::max(begin + time - Now(), MonotonicClock::duration::zero())));
    }
  }
  if (!newest) {
    return failure.value_or(Error{ErrorCode::kRetry, "wait for a picture", 0, "none came"});
  }
  const std::chrono::duration<double> took = Now() - begin;
  sight.frames_a_second = frames / took.count();
  sight.bytes = newest->encoded.size();
  TAMTAP_TRY(const GreyPicture picture,
             DecodeGrey(newest->encoded, std::numeric_limits<int>::max()));
  sight.width = picture.width;
  sight.height = picture.height;
  if (face == nullptr) return sight;
  const MonotonicTime before = Now();
  TAMTAP_TRY(sight.face, face->Check(*newest, {}));
  sight.check_ms = std::chrono::duration<double, std::milli>(Now() - before).count();
  newest_ = Now();
  return sight;
}

Result<CameraSight> FindCamera(const std::string& spec) {
  TAMTAP_TRY(const auto camera, MakeCamera(spec, SystemClock()));
  CameraTrial trial(*camera);
  TAMTAP_RETURN_IF_ERROR(trial.Find());
  return trial.Watch(kOneSight, nullptr);
}

std::string Describe(const CameraSight& sight) {
  return fmt::format("{}x{} pixels, {:.1f} pictures a second of {} KB", sight.width, sight.height,
                     sight.frames_a_second, (sight.bytes + 1023) / 1024);
}

std::string_view Describe(FaceVerdict verdict) {
  switch (verdict) {
    case FaceVerdict::kOneFace:
      return "exactly one face, in the middle";
    case FaceVerdict::kNoFace:
      return "no face";
    case FaceVerdict::kPartial:
      return "a face that is not in the middle";
    case FaceVerdict::kMultipleFaces:
      return "several faces";
    case FaceVerdict::kEyesNotVisible:
      return "a face whose eyes are not visible";
  }
  return "";
}

}  // namespace tamtap::cli
