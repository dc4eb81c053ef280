#include "tap/verdict.h"

namespace tamtap {

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted:
      return "accepted";
    case Verdict::kDuplicate:
      return "duplicate";
    case Verdict::kRefused:
      return "refused";
  }
  return "refused";
}

std::string_view ToString(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "";
    case Refusal::kUnknownCard:
      return "UNKNOWN_CARD";
    case Refusal::kUnreadableCard:
      return "UNREADABLE_CARD";
    case Refusal::kCardReplaced:
      return "CARD_REPLACED";
    case Refusal::kAmbiguousCard:
      return "AMBIGUOUS_CARD";
    case Refusal::kNoClassesToday:
      return "NO_CLASSES_TODAY";
    case Refusal::kClassesEnded:
      return "CLASSES_ENDED";
    case Refusal::kNoFaceDetected:
      return "NO_FACE_DETECTED";
    case Refusal::kFacePartiallyVisible:
      return "FACE_PARTIALLY_VISIBLE";
    case Refusal::kMultipleFacesDetected:
      return "MULTIPLE_FACES_DETECTED";
    case Refusal::kEyesNotVisible:
      return "EYES_NOT_VISIBLE";
    case Refusal::kDetectionTimeout:
      return "DETECTION_TIMEOUT";
    case Refusal::kCameraFailed:
      return "CAMERA_FAILED";
    case Refusal::kStorageFull:
      return "STORAGE_FULL";
    case Refusal::kStorageFailed:
      return "STORAGE_FAILED";
  }
  return "";
}

}  // namespace tamtap
