// The functions of the module libtamtap_camera.so (base/module.h).
#pragma once

#include <memory>
#include <string>

#include "face/face_check.h"

namespace tamtap {

struct FaceModule {
  Result<std::unique_ptr<FaceCheck>> (*make_face_check)(const std::string& directory);
};

}  // namespace tamtap
