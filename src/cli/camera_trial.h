// A look through a camera by itself: what `tamtap camera test` and the doctor say of it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "camera/camera.h"
#include "face/face_check.h"

namespace tamtap::cli {

// What a second or so of it showed.
struct CameraSight {
  int width = 0;  // of its newest picture, pixels
  int height = 0;
  size_t bytes = 0;
  double frames_a_second = 0;
  std::optional<FaceVerdict> face;  // missing: nobody looked
  double check_ms = 0;              // what that took
};

class CameraTrial {
 public:
  explicit CameraTrial(Camera& camera);
  // Waits some seconds for the first picture. An error: why none came.
  Result<> Find();
  // What comes in that time. `face` may be null.
  Result<CameraSight> Watch(std::chrono::milliseconds time, FaceCheck* face);

 private:
  Camera& camera_;
  MonotonicTime newest_;  // what came before is not asked for any more
};

// Opens the camera, looks through it for a second, and closes it.
Result<CameraSight> FindCamera(const std::string& spec);

std::string Describe(const CameraSight& sight);  // "640x480 pixels, 15.0 frames a second, ..."
std::string_view Describe(FaceVerdict verdict);  // "exactly one face, in the middle"

}  // namespace tamtap::cli
