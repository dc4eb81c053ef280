// FrameSource: where a camera's frames come from. It gives them as they come and knows nothing of
// taps; what is wrong with it, CameraWatch says.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

// Called by the camera's thread alone.
class FrameSource {
 public:
  // Gets a whole JPEG, which is gone after the call.
  using Take = std::function<void(std::string_view encoded)>;

  virtual ~FrameSource() = default;
  // Waits at most that long for frames, and hands over what came. An error: it has ended, or is
  // away, and must be opened anew.
  virtual Result<> Read(std::chrono::milliseconds wait, const Take& take) = 0;
  // What is known of why no frames come, for people; may be empty.
  virtual std::string Remark() const = 0;
};

using OpenFrameSource = std::function<Result<std::unique_ptr<FrameSource>>()>;

}  // namespace tamtap
