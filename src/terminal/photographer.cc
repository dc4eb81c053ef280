#include "terminal/photographer.h"

#include <algorithm>

#include "base/log.h"

namespace tamtap {
namespace {

// A frame that is older than the reading of the card by no more than this shows its holder already.
constexpr std::chrono::milliseconds kBeforeTheTap{300};

// A camera that is not required and gives so many pictures in a row that can't be looked at is not
// waited for any longer.
constexpr int kMostUseless = 3;

Refusal RefusalFor(FaceVerdict verdict) {
  switch (verdict) {
    case FaceVerdict::kOneFace:
      return Refusal::kNone;
    case FaceVerdict::kNoFace:
      return Refusal::kNoFaceDetected;
    case FaceVerdict::kPartial:
      return Refusal::kFacePartiallyVisible;
    case FaceVerdict::kMultipleFaces:
      return Refusal::kMultipleFacesDetected;
    case FaceVerdict::kEyesNotVisible:
      return Refusal::kEyesNotVisible;
  }
  return Refusal::kDetectionTimeout;
}

}  // namespace

Look Photographer::LookAtFace(MonotonicTime read_at, const SchoolSettings& school) {
  const MonotonicTime deadline =
      clock_.MonotonicNow() +
      options_.face_patience.value_or(std::chrono::milliseconds(school.face_patience_ms));
  const MonotonicTime from = std::max(read_at - kBeforeTheTap, looked_until_);
  const bool required = options_.camera_required || school.camera_required;
  // The newest thing seen is what the person is told: it is what they can change.
  Refusal seen = Refusal::kNone;
  Error failure;
  int useless = 0;
  Look look;
  do {
    // Who would be turned away for what was seen has all the time that there is, as whoever needs a
    // photo has: it is the camera that is late, and not they.
    const bool is_needed = required || seen != Refusal::kNone;
    auto frame = camera_->Grab(from, deadline,
                               is_needed ? LateCamera::kIsWaitedFor : LateCamera::kIsNotWaitedFor);
    if (!frame) {
      failure = frame.error();
      if (failure.code == ErrorCode::kMisconfigured) break;
      continue;
    }
    const auto verdict = face_->Check(*frame, {.eyes = school.face_eyes});
    if (!verdict) {
      failure = verdict.error();
      if (failure.code == ErrorCode::kMisconfigured) break;
      if (!required && ++useless == kMostUseless) break;
      continue;
    }
    useless = 0;
    seen = RefusalFor(*verdict);
    if (seen == Refusal::kNone) look.frame = *std::move(frame);
  } while (!look.frame && clock_.MonotonicNow() < deadline);
  looked_until_ = clock_.MonotonicNow();
  if (look.frame) return look;
  look.refusal = seen;
  if (seen != Refusal::kNone) return look;

  LogWarning("camera: {}; {}", failure.Message(),
             required ? "the tap is refused, as camera.required says"
                      : "the tap is taken without a photo");
  if (required) look.refusal = Refusal::kCameraFailed;
  return look;
}

}  // namespace tamtap
