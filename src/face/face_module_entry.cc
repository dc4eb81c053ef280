// libtamtap_camera.so: the room `face`, OpenCV and the decoders of pictures, for the program to
// load.
#include "base/module.h"
#include "face/face_module.h"

namespace {

constexpr tamtap::FaceModule kFunctions{tamtap::MakeFaceCheck};

}  // namespace

extern "C" {
[[gnu::visibility("default")]] extern const tamtap::ModuleEntry tamtap_module;
const tamtap::ModuleEntry tamtap_module = tamtap::EntryOf(&kFunctions);
}
