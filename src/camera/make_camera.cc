#include <fmt/core.h>

#include "camera/camera.h"
#include "camera/files_camera.h"

namespace tamtap {

namespace {

constexpr std::string_view kFiles = "files:";

}  // namespace

Result<std::unique_ptr<Camera>> MakeCamera(std::string_view spec) {
  TAMTAP_RETURN_IF_ERROR(CheckCameraSpec(spec));
  if (spec == "none") return std::unique_ptr<Camera>();
  return MakeFilesCamera(std::string(spec.substr(kFiles.size())));
}

Result<> CheckCameraSpec(std::string_view spec) {
  if (spec == "none") return {};
  if (spec.starts_with(kFiles) && spec.size() > kFiles.size()) return {};
  const std::string_view kind = spec.substr(0, spec.find(':'));
  const bool planned = kind == "v4l2" || kind == "rpicam" || kind == "exec";
  return Error{ErrorCode::kMisconfigured,
               fmt::format("camera '{}': {}", spec,
                           kind == "files" ? "it needs a directory"
                           : planned       ? "this build has no such camera yet"
                                           : "there is no such camera"),
               0, "use none or files:DIR"};
}

}  // namespace tamtap
