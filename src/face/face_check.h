// FaceCheck: is there exactly one face, in the middle, with open eyes to be seen? It only detects:
// nobody is recognised, and nothing about a face is kept.
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

// Checks by the Haar cascades of opencv-data, which are looked for in `cascade_directory` (""
// stands for the usual places). The picture is made grey and equalised, and searched in steps
// of 1.15 with 3 neighbours for faces of at least 80x80 pixels. There must be one, whose centre
// lies within 35 to 65 % of the width, with eyes in its upper 60 %. kMisconfigured: the cascades
// are missing.
Result<std::unique_ptr<FaceCheck>> MakeFaceCheck(const std::string& cascade_directory = "");
// The same through the module `camera`, which is loaded first; the program calls this one. A module
// or cascades that are missing are looked for again now and then, and until then every check is
// kMisconfigured.
std::unique_ptr<FaceCheck> LoadFaceCheck();

}  // namespace tamtap
