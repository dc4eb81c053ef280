// A camera that the kernel knows (Video4Linux), as `--camera v4l2:/dev/video0`, as a source of
// frames. It must give JPEG, as nearly every webcam does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "camera/frame_source.h"
#include "camera/video_device.h"

namespace tamtap {

struct V4l2Choice {
  std::string device;
  uint32_t width = 640;  // what is asked for; a camera takes the size that is nearest
  uint32_t height = 480;
};

// "/dev/video0", and behind it ",size=WIDTHxHEIGHT". kMisconfigured names what is wrong.
Result<V4l2Choice> ParseV4l2(std::string_view argument);

// Sets the device up and starts it. kMisconfigured: it is no camera, or gives no JPEG; kRetry: it
// is away, or another program has it.
Result<std::unique_ptr<FrameSource>> StartV4l2(std::unique_ptr<VideoDevice> device,
                                               const V4l2Choice& choice);

}  // namespace tamtap
