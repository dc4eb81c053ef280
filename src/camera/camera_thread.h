// CameraThread: a camera that takes a frame when it is asked for one (files), opened and asked by a
// thread of its own, so that one which is not there yet, or does not answer, holds up nobody. A
// frame that comes too late is thrown away: it would be of somebody else.
//
// Grab() is called by one thread. While the camera owes an answer, and while it can't be opened,
// Grab() fails at once, with kMisconfigured. Opening is tried again every few seconds.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "camera/camera.h"

namespace tamtap {

class CameraThread final : public Camera {
 public:
  using OpenFunction = std::function<Result<std::unique_ptr<Camera>>()>;

  // `name` describes the camera. `patience` is how long one Grab() waits for a frame, whenever its
  // caller wants it.
  CameraThread(OpenFunction open, std::string name,
               std::chrono::milliseconds patience = std::chrono::milliseconds(500));
  // Never waits for the camera: a thread that is inside a call is left behind.
  ~CameraThread() override;

  Result<Frame> Grab(MonotonicTime from, MonotonicTime until, LateCamera late) override;
  void Want(bool /*wanted*/) override {}  // it does nothing unless it is asked
  CameraHealth Health() override;
  std::string Describe() const override { return name_; }

 private:
  struct State;

  const std::string name_;
  const std::chrono::milliseconds patience_;
  const std::shared_ptr<State> state_;
  bool waited_in_vain_ = false;
};

}  // namespace tamtap
