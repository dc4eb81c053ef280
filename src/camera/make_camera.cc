#include <fmt/core.h>

#include "camera/camera.h"
#include "camera/files_camera.h"

namespace tamtap {

Result<std::unique_ptr<Camera>> MakeCamera(std::string_view spec) {
  if (spec == "none") return std::unique_ptr<Camera>();
  const size_t colon = spec.find(':');
  const std::string_view kind = spec.substr(0, colon);
  const std::string argument(colon == std::string_view::npos ? "" : spec.substr(colon + 1));
  if (kind == "files" && !argument.empty()) return MakeFilesCamera(argument);

  const bool planned = kind == "v4l2" || kind == "rpicam" || kind == "exec";
  return Error{ErrorCode::kMisconfigured,
               fmt::format("camera '{}': {}", spec,
                           kind == "files" ? "it needs a directory"
                           : planned       ? "this build has no such camera yet"
                                           : "there is no such camera"),
               0, "use none or files:DIR"};
}

}  // namespace tamtap
