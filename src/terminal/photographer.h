// Photographer: looks through the camera until it shows exactly one face, or until time is up. The
// frame that was checked is the frame that is kept.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "camera/camera.h"
#include "face/face_check.h"
#include "tap/school_settings.h"
#include "tap/verdict.h"

namespace tamtap {

struct PhotographerOptions {
  // Whether a camera that fails makes the tap fail, whatever the school says. Otherwise the tap is
  // taken without a photo.
  bool camera_required = false;
  // How long a face is looked for; missing: as long as the school says.
  std::optional<std::chrono::milliseconds> face_patience;
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

  // Whether a tap is to be photographed: the terminal has a camera, and the school wants photos.
  bool TakesPhotos(const SchoolSettings& school) const {
    return camera_ != nullptr && face_ != nullptr && school.camera_enabled;
  }
  // Call it only if TakesPhotos(). `read_at` is when the card was read: frames from shortly before
  // will do, but none from before the end of the last look, which may show the last person. It
  // returns within the patience and the time of one more look, and at once if the camera is known
  // to fail, or is late, is not required, and has shown nothing for which the tap is refused.
  Look LookAtFace(MonotonicTime read_at, const SchoolSettings& school);

 private:
  Camera* const camera_;
  FaceCheck* const face_;
  Clock& clock_;
  const PhotographerOptions options_;
  MonotonicTime looked_until_ = MonotonicTime::min();
};

}  // namespace tamtap
