#include "face/face_module.h"

#include "base/module.h"

namespace tamtap {

Result<std::unique_ptr<FaceCheck>> LoadFaceCheck() {
  TAMTAP_TRY(const void* const functions, LoadModule("camera"));
  return static_cast<const FaceModule*>(functions)->make_face_check("");
}

}  // namespace tamtap
