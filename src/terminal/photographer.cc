#include "terminal/photographer.h"

#include "base/log.h"

namespace tamtap {
namespace {

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

Look Photographer::LookAtFace(bool school_requires_photo) {
  const MonotonicTime deadline = clock_.MonotonicNow() + options_.face_time;
  // The newest thing seen is what the person is told: it is what they can change.
  Refusal seen = Refusal::kNone;
  Error failure;
  do {
    auto frame = camera_->Grab();
    if (!frame) {
      failure = frame.error();
      if (failure.code == ErrorCode::kMisconfigured) break;
      continue;
    }
    const auto verdict = face_->Check(*frame);
    if (!verdict) {
      failure = verdict.error();
      if (failure.code == ErrorCode::kMisconfigured) break;
      continue;
    }
    seen = RefusalFor(*verdict);
    if (seen == Refusal::kNone) return {Refusal::kNone, *std::move(frame)};
  } while (clock_.MonotonicNow() < deadline);
  if (seen != Refusal::kNone) return {seen, std::nullopt};

  const bool required = options_.camera_required || school_requires_photo;
  LogWarning("camera: {}; {}", failure.Message(),
             required ? "the tap is refused, as camera.required says"
                      : "the tap is taken without a photo");
  return {required ? Refusal::kCameraFailed : Refusal::kNone, std::nullopt};
}

}  // namespace tamtap
