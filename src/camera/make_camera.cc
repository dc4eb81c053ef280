#include <fmt/core.h>

#include <array>
#include <string>
#include <vector>

#include "camera/camera.h"
#include "camera/camera_process.h"
#include "camera/camera_thread.h"
#include "camera/files_camera.h"
#include "camera/v4l2_source.h"
#include "camera/warm_camera.h"
#include "picture/picture.h"

namespace tamtap {
namespace {

constexpr std::string_view kFiles = "files:";
constexpr std::string_view kV4l2 = "v4l2:";
constexpr std::string_view kExec = "exec:";
constexpr std::string_view kRpicam = "rpicam";

Result<> CanBeDecoded(std::string_view encoded) {
  // At an eighth of its size, which costs the least.
  TAMTAP_TRY(const GreyPicture picture, DecodeGrey(encoded, 1));
  if (!picture.damaged) return {};
  return Error{ErrorCode::kRejected, "look at a picture", 0, "its data is damaged"};
}

// 640x480 is what the face check looks at, and 15 frames a second are half the work of the usual
// 30. Without --flush a part of each frame would stay with the program until the next one.
Result<std::unique_ptr<FrameSource>> StartRpicam() {
  for (const char* name : {"rpicam-vid", "libcamera-vid"}) {
    const std::string program = FindProgram(name);
    if (program.empty()) continue;
    return StartCameraProcess({program, "--codec", "mjpeg", "--quality", "90", "--width", "640",
                               "--height", "480", "--framerate", "15", "--timeout", "0",
                               "--nopreview", "--flush", "--verbose", "0", "--output", "-"});
  }
  return Error{
      ErrorCode::kMisconfigured, "start rpicam-vid", 0,
      "it is not installed: apt-get install rpicam-apps (libcamera-apps on older systems)"};
}

// After `kind`, what it needs; nothing: it is another kind.
bool IsKind(std::string_view spec, std::string_view kind, std::string_view& rest) {
  if (!spec.starts_with(kind)) return false;
  rest = spec.substr(kind.size());
  return true;
}

}  // namespace

Result<std::unique_ptr<Camera>> MakeCamera(std::string_view spec, Clock& clock) {
  TAMTAP_RETURN_IF_ERROR(CheckCameraSpec(spec));
  if (spec == "none") return std::unique_ptr<Camera>();
  std::string_view rest;
  if (IsKind(spec, kFiles, rest)) {
    return std::unique_ptr<Camera>(std::make_unique<CameraThread>(
        [directory = std::string(rest)] { return MakeFilesCamera(directory); }, std::string(spec)));
  }
  OpenFrameSource open = StartRpicam;
  if (IsKind(spec, kV4l2, rest)) {
    TAMTAP_TRY(const V4l2Choice choice, ParseV4l2(rest));
    open = [choice]() -> Result<std::unique_ptr<FrameSource>> {
      TAMTAP_TRY(auto device, OpenVideoDevice(choice.device));
      return StartV4l2(std::move(device), choice);
    };
  } else if (IsKind(spec, kExec, rest)) {
    open = [command = std::string(rest)] { return StartCameraProcess({"/bin/sh", "-c", command}); };
  }
  return std::unique_ptr<Camera>(
      std::make_unique<WarmCamera>(std::move(open), CanBeDecoded, std::string(spec), clock));
}

Result<> CheckCameraSpec(std::string_view spec) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kMisconfigured, fmt::format("camera '{}': {}", spec, what), 0,
                 "use none, files:DIR, v4l2:/dev/video0, rpicam or exec:COMMAND"};
  };
  std::string_view rest;
  if (spec == "none" || spec == kRpicam) return {};
  if (IsKind(spec, kFiles, rest)) return rest.empty() ? wrong("it needs a directory") : Result<>();
  if (IsKind(spec, kExec, rest)) return rest.empty() ? wrong("it needs a command") : Result<>();
  if (IsKind(spec, kV4l2, rest)) {
    TAMTAP_TRY(const V4l2Choice choice, ParseV4l2(rest));
    return {};
  }
  return wrong("there is no such camera");
}

}  // namespace tamtap
