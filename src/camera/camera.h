// Camera: it gives frames, and is kept warm between taps: a directory of pictures, a device, or a
// program that writes them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tamtap {

// One picture, encoded (JPEG or PNG), as the camera gave it.
struct Frame {
  std::string encoded;
};

enum class CameraHealth {
  kStarting,  // it gave no frame yet
  kWorks,
  kFails,  // it is not there, or gives no frames; it is looked for again and again
};

// Whether a tap waits for a camera that gave frames all the time and now is late with one.
enum class LateCamera { kIsNotWaitedFor, kIsWaitedFor };

// Called by one thread, but for Want() and Health(), which any thread may call.
class Camera {
 public:
  virtual ~Camera() = default;
  // The newest frame that was not given yet, of those taken at `from` or later; waits for one until
  // `until`. A camera that is known to give none now does not wait, nor does one that is late, if
  // that is wanted. kRetry: this frame is no good, and the next one may be; kMisconfigured: there
  // is no camera, or it gives no frames, which may change.
  virtual Result<Frame> Grab(MonotonicTime from, MonotonicTime until, LateCamera late) = 0;
  // Whether frames will be wanted: one that is not wanted is switched off. It is wanted at first.
  virtual void Want(bool wanted) = 0;
  // Never waits.
  virtual CameraHealth Health() { return CameraHealth::kWorks; }
  virtual std::string Describe() const = 0;
};

// "none" gives a null pointer: the terminal then takes no photos.
//   files:DIR         the directory's .jpg, .jpeg and .png files in name order, over and over
//   v4l2:/dev/video0  a device of the kernel that gives JPEG; ",size=640x480" may follow
//   rpicam            a Raspberry Pi's camera, by its program rpicam-vid (or libcamera-vid)
//   exec:COMMAND      a shell's command that writes MJPEG to its standard output
// kMisconfigured for an unknown spec. A camera that is not there, or goes away, is looked for again
// until it is there; Grab() says what is wrong meanwhile. `clock` must outlive the process.
Result<std::unique_ptr<Camera>> MakeCamera(std::string_view spec, Clock& clock);
// kMisconfigured for a spec that can never work; whether the camera is there is not looked at.
Result<> CheckCameraSpec(std::string_view spec);

}  // namespace tamtap
