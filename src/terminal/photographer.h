// Photographer: looks through the camera until it shows exactly one face, or until time is up. The
// frame that was checked is the frame that is kept.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "camera/camera.h"
#include "face/face_check.h"
#include "tap/verdict.h"

namespace tamtap {

struct PhotographerOptions {
  // Whether a camera that fails makes the tap fail. Otherwise the tap is taken without a photo.
  bool camera_required = false;
  std::chrono::milliseconds face_time{1'000};  // how long a face is looked for
};

// What LookAtFace() found.
struct Look {
  Refusal refusal = Refusal::kNone;  // kNone: the tap goes on
  std::optional<Frame> frame;        // missing if the camera failed and is not required
};

// All calls come from the tap thread.
class Photographer {
 public:
  // Both pointers are null if this terminal takes no photos.
  Photographer(Camera* camera, FaceCheck* face, Clock& clock, PhotographerOptions options = {})
      : camera_(camera), face_(face), clock_(clock), options_(options) {}

  bool ready() const { return camera_ != nullptr && face_ != nullptr; }
  // Call it only if ready(). It takes at most `face_time` and the time of one more frame.
  // `school_requires_photo`: as `camera_required`, by the school's settings.
  Look LookAtFace(bool school_requires_photo = false);

 private:
  Camera* const camera_;
  FaceCheck* const face_;
  Clock& clock_;
  const PhotographerOptions options_;
};

}  // namespace tamtap
