// FaceCheck: is there exactly one face, in the middle, with open eyes to be seen? Detection only:
// nobody is recognised, nothing about a face is kept.
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
  kEyesNotVisible  // EYES_NOT_VISIBLE
};

// Called by the tap thread only.
class FaceCheck {
 public:
  virtual ~FaceCheck() = default;
  // kRejected: the bytes are no picture.
  virtual Result<FaceVerdict> Check(const Frame& frame) = 0;
};

// Haar cascades of opencv-data, looked for in `cascade_directory` ("": the usual places).
// Grey, equalised, scale 1.15, 3 neighbours, at least 80x80 px; exactly one face whose centre lies
// within 35-65 % of the width; eyes in its upper 60 %. kMisconfigured if the cascades are missing.
Result<std::unique_ptr<FaceCheck>> MakeFaceCheck(const std::string& cascade_directory = "");
// The same through the module `camera`, which is loaded first: what the program calls. A module or
// cascades that are missing are looked for again now and then; until then every check is
// kMisconfigured.
std::unique_ptr<FaceCheck> LoadFaceCheck();

}  // namespace tamtap
