// FaceCheck: is there exactly one face, in the middle and large enough? It only detects: nobody is
// recognised, and nothing about a face is kept.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "camera/camera.h"

namespace tamtap {

enum class FaceVerdict {
  kOneFace,
  kNoFace,         // NO_FACE_DETECTED
  kPartial,        // FACE_PARTIALLY_VISIBLE: off centre
  kMultipleFaces,  // MULTIPLE_FACES_DETECTED
  kEyesNotVisible  // EYES_NOT_VISIBLE, only if eyes are asked for
};

// What a school asks of a face besides.
struct FaceRules {
  // Whether an open eye must be seen in its upper 60 %. Dark glasses, eyes that are shut for a
  // moment and much hair are then refused, so it is a school's choice.
  bool eyes = false;
};

// Called by one thread at a time.
class FaceCheck {
 public:
  virtual ~FaceCheck() = default;
  // kRejected: the bytes are no picture, or a damaged one.
  virtual Result<FaceVerdict> Check(const Frame& frame, const FaceRules& rules) = 0;
};

// Checks by the cascades of opencv-data, which are looked for in `directory` ("" stands for the
// usual places of OpenCV's files). There must be exactly one face of at least 80 pixels (in a
// picture of up to 1,280 pixels; larger ones are taken as if they were reduced to that), whose
// centre lies within 35 to 65 % of the width; heads may be tilted by 20 degrees.
// docs/face-check.md says how often it errs and how long it takes. kMisconfigured: the cascades are
// missing.
Result<std::unique_ptr<FaceCheck>> MakeFaceCheck(const std::string& directory = "");
// The same through the module `camera`, which is loaded first; the program calls this one. A module
// or cascades that are missing are looked for again now and then, and until then every check is
// kMisconfigured.
std::unique_ptr<FaceCheck> LoadFaceCheck();

}  // namespace tamtap
