// Verdict: what a tap came to, and why one was refused.
#pragma once

#include <string_view>

namespace tamtap {

enum class Verdict { kAccepted, kDuplicate, kRefused };

enum class Refusal {
  kNone,
  kUnknownCard,
  kUnreadableCard,  // what the reader gave is no card
  kCardReplaced,    // it was this person's, who has another one now
  kAmbiguousCard,   // the number that was read may be two people's card
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
