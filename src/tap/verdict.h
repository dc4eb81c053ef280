// Verdict: what a tap came to, and why one was refused.
#pragma once

#include <string_view>

namespace tamtap {

enum class Verdict { kAccepted, kDuplicate, kRefused };

enum class Refusal {
  kNone,
  kUnknownCard,
  kNoClassesToday,
  kClassesEnded,
  kNoFaceDetected,
  kFacePartiallyVisible,
  kMultipleFacesDetected,
  kEyesNotVisible,
  kDetectionTimeout,
  kCameraFailed,
  kStorageFull,
  kStorageFailed,
};

std::string_view ToString(Verdict verdict);  // "accepted" | "duplicate" | "refused"
std::string_view ToString(Refusal refusal);  // "UNKNOWN_CARD" ...; "" for kNone

}  // namespace tamtap
