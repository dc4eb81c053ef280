// Photographer: looks through the camera until there is exactly one face, or time is up. The frame
// that was checked is the frame that is kept.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "camera/camera.h"
#include "face/face_check.h"
#include "tap/verdict.h"

namespace tamtap {

struct PhotographerOptions {
  bool camera_required = false;  // else a camera that fails costs the photo, not the tap
  std::chrono::milliseconds face_time{1'000};
};

struct Look {
  Refusal refusal = Refusal::kNone;
  std::optional<Frame> frame;  // none also when the camera failed and is not required
};

// Of the tap thread.
class Photographer {
 public:
  // Both null: this terminal takes no photos.
  Photographer(Camera* camera, FaceCheck* face, Clock& clock, PhotographerOptions options = {})
      : camera_(camera), face_(face), clock_(clock), options_(options) {}

  bool ready() const { return camera_ != nullptr && face_ != nullptr; }
  // At most `face_time` and one more frame.
  Look LookAtFace();

 private:
  Camera* const camera_;
  FaceCheck* const face_;
  Clock& clock_;
  const PhotographerOptions options_;
};

}  // namespace tamtap
