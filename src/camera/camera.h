// Camera: it gives frames, and is kept warm between taps. Its one adapter so far is a directory of
// pictures.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap {

// One picture, encoded (JPEG or PNG), exactly as it will be stored if it is chosen.
struct Frame {
  std::string encoded;
};

// Called by the tap thread only.
class Camera {
 public:
  virtual ~Camera() = default;
  // The next frame, waiting for it at most a fraction of a second. kRetry: none came in time;
  // kMisconfigured: there is no camera, or there are no pictures.
  virtual Result<Frame> Grab() = 0;
  virtual std::string Describe() const = 0;
};

// "none" gives a null pointer: the terminal then takes no photos. "files:DIR" goes through the
// directory's .jpg, .jpeg and .png files in name order, over and over, one a Grab.
// kMisconfigured for an unknown spec or an empty directory.
Result<std::unique_ptr<Camera>> MakeCamera(std::string_view spec);
// kMisconfigured for a spec that can never work; whether the camera is there is not looked at.
Result<> CheckCameraSpec(std::string_view spec);

}  // namespace tamtap
