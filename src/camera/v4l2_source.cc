#include "camera/v4l2_source.h"

#include <fmt/core.h>
#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "camera/mjpeg_splitter.h"

namespace tamtap {
namespace {

constexpr uint32_t kFramesASecond = 15;  // are enough, and half the work of the usual 30
constexpr uint32_t kBuffers = 4;
constexpr v4l2_buf_type kCapture = V4L2_BUF_TYPE_VIDEO_CAPTURE;
constexpr uint32_t kLargestSide = 8'192;

class V4l2Source final : public FrameSource {
 public:
  V4l2Source(std::unique_ptr<VideoDevice> device, std::string name)
      : device_(std::move(device)), name_(std::move(name)) {}

  ~V4l2Source() override {
    int type = kCapture;
    // A failure changes nothing: closing the device ends it, too.
    if (streams_) device_->Ioctl(VIDIOC_STREAMOFF, &type);
    for (const Buffer& each : buffers_) device_->Unmap(each.start, each.length);
  }

  Result<> SetUp(const V4l2Choice& choice) {
    TAMTAP_RETURN_IF_ERROR(CheckKind());
    TAMTAP_RETURN_IF_ERROR(ChooseFormat(choice));
    ChooseRate();
    TAMTAP_RETURN_IF_ERROR(MapBuffers());
    for (uint32_t i = 0; i < buffers_.size(); ++i) TAMTAP_RETURN_IF_ERROR(GiveBuffer(i));
    int type = kCapture;
    if (device_->Ioctl(VIDIOC_STREAMON, &type) < 0) return VideoError("start " + name_);
    streams_ = true;
    return {};
  }

  Result<> Read(std::chrono::milliseconds wait, const Take& take) override {
    const int ready = device_->Wait(wait);
    if (ready < 0) return VideoError("wait for " + name_);
    if (ready == 0) return {};
    v4l2_buffer filled = EmptyBuffer(0);
    if (device_->Ioctl(VIDIOC_DQBUF, &filled) < 0) {
      if (errno == EAGAIN) return {};
      return VideoError("take a frame from " + name_);
    }
    if (filled.index >= buffers_.size()) {
      return Error{ErrorCode::kRetry, fmt::format("take a frame from {}", name_), 0,
                   "it gave a buffer that it does not have"};
    }
    const Buffer& buffer = buffers_[filled.index];
    const size_t size = std::min<size_t>(filled.bytesused, buffer.length);
    if ((filled.flags & V4L2_BUF_FLAG_ERROR) == 0 && size > 0) {
      // Drivers leave zeros behind the picture, and sometimes a part of the next one.
      splitter_.Feed({static_cast<const char*>(buffer.start), size}, take);
    }
    splitter_.Reset();
    return GiveBuffer(filled.index);
  }

  std::string Remark() const override {
    return splitter_.wasted() > 0 && splitter_.pictures() == 0 ? "what it gives is no JPEG" : "";
  }

 private:
  struct Buffer {
    void* start;
    size_t length;
  };

  Result<> CheckKind() {
    v4l2_capability capability{};
    if (device_->Ioctl(VIDIOC_QUERYCAP, &capability) < 0) {
      if (errno == ENOTTY || errno == EINVAL) return NoCamera("it is no video device");
      return VideoError("ask what is at " + name_);
    }
    const uint32_t can = (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0
                             ? capability.device_caps
                             : capability.capabilities;
    if ((can & V4L2_CAP_VIDEO_CAPTURE) == 0) {
      return NoCamera("it is no camera; cameras often have several numbers: try the next one");
    }
    if ((can & V4L2_CAP_STREAMING) == 0) return NoCamera("it can't stream");
    return {};
  }

  Result<> ChooseFormat(const V4l2Choice& choice) {
    for (const uint32_t kind : {V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_JPEG}) {
      v4l2_format format{};
      format.type = kCapture;
      format.fmt.pix.width = choice.width;
      format.fmt.pix.height = choice.height;
      format.fmt.pix.pixelformat = kind;
      format.fmt.pix.field = V4L2_FIELD_ANY;
      if (device_->Ioctl(VIDIOC_S_FMT, &format) < 0) {
        if (errno == EINVAL) continue;
        return VideoError("choose the format of " + name_);
      }
      // A driver that can't takes what it likes instead.
      if (format.fmt.pix.pixelformat == kind) return {};
    }
    return NoCamera(
        "it gives no JPEG; use exec: with a program that makes some, such as `ffmpeg -i "
        "/dev/video0 -f mjpeg -`, or rpicam for a Raspberry Pi's own camera");
  }

  // Cameras that can't choose give what they give.
  void ChooseRate() {
    v4l2_streamparm rate{};
    rate.type = kCapture;
    rate.parm.capture.timeperframe = {1, kFramesASecond};
    device_->Ioctl(VIDIOC_S_PARM, &rate);
  }

  static v4l2_buffer EmptyBuffer(uint32_t index) {
    v4l2_buffer buffer{};
    buffer.type = kCapture;
    buffer.memory = V4L2_MEMORY_MMAP;
    buffer.index = index;
    return buffer;
  }

  Result<> MapBuffers() {
    v4l2_requestbuffers request{};
    request.type = kCapture;
    request.memory = V4L2_MEMORY_MMAP;
    request.count = kBuffers;
    if (device_->Ioctl(VIDIOC_REQBUFS, &request) < 0) {
      return VideoError("ask for buffers of " + name_);
    }
    if (request.count == 0) {
      return Error{ErrorCode::kRetry, "ask for buffers of " + name_, 0, "it has none to spare"};
    }
    for (uint32_t i = 0; i < request.count; ++i) {
      v4l2_buffer buffer = EmptyBuffer(i);
      if (device_->Ioctl(VIDIOC_QUERYBUF, &buffer) < 0) {
        return VideoError("ask for a buffer of " + name_);
      }
      void* const start = device_->Map(buffer.length, buffer.m.offset);
      if (start == nullptr) return VideoError("map a buffer of " + name_);
      buffers_.push_back({start, buffer.length});
    }
    return {};
  }

  Result<> GiveBuffer(uint32_t index) {
    v4l2_buffer buffer = EmptyBuffer(index);
    if (device_->Ioctl(VIDIOC_QBUF, &buffer) < 0) return VideoError("give a buffer to " + name_);
    return {};
  }

  Error NoCamera(std::string why) const {
    return Error{ErrorCode::kMisconfigured, "use " + name_ + " as a camera", 0, std::move(why)};
  }

  const std::unique_ptr<VideoDevice> device_;
  const std::string name_;
  std::vector<Buffer> buffers_;
  bool streams_ = false;
  MjpegSplitter splitter_;
};

}  // namespace

Result<V4l2Choice> ParseV4l2(std::string_view argument) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kMisconfigured, fmt::format("camera 'v4l2:{}': {}", argument, what), 0,
                 "write it as v4l2:/dev/video0 or v4l2:/dev/video0,size=640x480"};
  };
  V4l2Choice choice;
  const size_t comma = std::min(argument.find(','), argument.size());
  choice.device = argument.substr(0, comma);
  if (!choice.device.starts_with('/')) return wrong("it names no device");
  if (comma == argument.size()) return choice;
  constexpr std::string_view kSize = "size=";
  std::string_view size = argument.substr(comma + 1);
  if (!size.starts_with(kSize)) return wrong(fmt::format("it has no option '{}'", size));
  size.remove_prefix(kSize.size());
  const size_t cross = size.find('x');
  const auto side = [](std::string_view text, uint32_t& pixels) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), pixels);
    return failed == std::errc() && end == text.data() + text.size() && pixels > 0 &&
           pixels <= kLargestSide;
  };
  if (cross == std::string_view::npos || !side(size.substr(0, cross), choice.width) ||
      !side(size.substr(cross + 1), choice.height)) {
    return wrong(fmt::format("'{}' is no size", size));
  }
  return choice;
}

Result<std::unique_ptr<FrameSource>> StartV4l2(std::unique_ptr<VideoDevice> device,
                                               const V4l2Choice& choice) {
  auto source = std::make_unique<V4l2Source>(std::move(device), choice.device);
  TAMTAP_RETURN_IF_ERROR(source->SetUp(choice));
  return std::unique_ptr<FrameSource>(std::move(source));
}

}  // namespace tamtap
