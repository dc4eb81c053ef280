// WarmCamera: a camera that runs all the time, so that frames from before a tap are there when it
// comes. A thread of its own reads what the source gives, keeps the newest frames (FrameRing) and
// decodes none but one a second. Where the source ends, freezes or gives garbage (CameraWatch), the
// thread says so once, and opens it anew, after longer and longer pauses.
//
// Grab() waits only for a camera of which no trouble is known, and of such a one at most once in
// vain. A camera is late if it let four times the time pass that it takes for a frame, and 300 ms
// at least. What it gives then counts as taken when it was last in time: it may show who stood
// there meanwhile, and is no picture of whoever taps now. The other calls never wait.
#pragma once

#include <memory>
#include <string>

#include "camera/camera.h"
#include "camera/camera_watch.h"
#include "camera/frame_source.h"

namespace tamtap {

class WarmCamera final : public Camera {
 public:
  // `name` describes the camera. `clock` must outlive the process.
  WarmCamera(OpenFrameSource open, CameraWatch::Decode decode, std::string name, Clock& clock);
  // Waits a moment for the source to end. A thread that is inside a call to it is left behind.
  ~WarmCamera() override;

  Result<Frame> Grab(MonotonicTime from, MonotonicTime until, LateCamera late) override;
  void Want(bool wanted) override;
  // One that is not wanted is as it was last seen.
  CameraHealth Health() override;
  std::string Describe() const override { return name_; }

 private:
  struct State;

  const std::string name_;
  Clock& clock_;
  const std::shared_ptr<State> state_;  // the thread's, too
};

}  // namespace tamtap
