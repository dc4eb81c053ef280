// For tests: a camera as the kernel shows it. It refuses, as drivers do, what comes out of order.
#pragma once

#include <linux/videodev2.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "camera/video_device.h"

namespace tamtap {

// What happens to it outlives the device that the code under test owns.
struct VideoModel {
  // What it is.
  uint32_t capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
  uint32_t format = V4L2_PIX_FMT_MJPEG;  // the only one that it gives
  uint32_t buffers = 4;                  // at most
  uint32_t buffer_bytes = 64 << 10;
  std::map<unsigned long, int> fails;  // with this errno
  bool gone = false;                   // unplugged

  // What it gives: one a filled buffer.
  std::deque<std::string> frames;
  uint32_t flags = 0;      // of filled buffers
  uint32_t bytesused = 0;  // instead of a frame's size

  // What was done to it.
  v4l2_pix_format chosen{};
  v4l2_fract rate{};
  bool streams = false;
  bool open = true;
  int mapped = 0;
  std::vector<std::vector<char>> memory;
  std::deque<uint32_t> queued;
};

class ModelVideo final : public VideoDevice {
 public:
  explicit ModelVideo(VideoModel& model) : model_(model) {}
  ~ModelVideo() override { model_.open = false; }

  int Ioctl(unsigned long request, void* argument) override {
    if (model_.gone) return Fail(ENODEV);
    if (const auto fails = model_.fails.find(request); fails != model_.fails.end()) {
      return Fail(fails->second);
    }
    switch (request) {
      case VIDIOC_QUERYCAP: {
        auto* const capability = static_cast<v4l2_capability*>(argument);
        capability->capabilities = model_.capabilities | V4L2_CAP_DEVICE_CAPS | kOfOthers;
        capability->device_caps = model_.capabilities;
        return 0;
      }
      case VIDIOC_S_FMT:
        return SetFormat(*static_cast<v4l2_format*>(argument));
      case VIDIOC_S_PARM:
        model_.rate = static_cast<v4l2_streamparm*>(argument)->parm.capture.timeperframe;
        return 0;
      case VIDIOC_REQBUFS: {
        auto* const asked = static_cast<v4l2_requestbuffers*>(argument);
        if (model_.chosen.width == 0 || asked->memory != V4L2_MEMORY_MMAP) return Fail(EINVAL);
        asked->count = std::min(asked->count, model_.buffers);
        model_.queued.clear();
        model_.memory.assign(asked->count, std::vector<char>(model_.buffer_bytes));
        return 0;
      }
      case VIDIOC_QUERYBUF: {
        auto* const buffer = static_cast<v4l2_buffer*>(argument);
        if (buffer->index >= model_.memory.size()) return Fail(EINVAL);
        buffer->length = model_.buffer_bytes;
        buffer->m.offset = (buffer->index + 1) * kPage;
        return 0;
      }
      case VIDIOC_QBUF: {
        const uint32_t index = static_cast<v4l2_buffer*>(argument)->index;
        const auto& queued = model_.queued;
        if (index >= model_.memory.size() ||
            std::find(queued.begin(), queued.end(), index) != queued.end()) {
          return Fail(EINVAL);
        }
        model_.queued.push_back(index);
        return 0;
      }
      case VIDIOC_STREAMON:
        if (model_.queued.size() != model_.memory.size()) return Fail(EINVAL);
        model_.streams = true;
        return 0;
      case VIDIOC_STREAMOFF:
        model_.streams = false;
        model_.queued.clear();
        return 0;
      case VIDIOC_DQBUF:
        return GiveFrame(*static_cast<v4l2_buffer*>(argument));
      default:
        return Fail(ENOTTY);
    }
  }
  void* Map(size_t length, int64_t offset) override {
    const auto index = static_cast<size_t>(offset / kPage - 1);
    if (index >= model_.memory.size() || length != model_.buffer_bytes) {
      errno = EINVAL;
      return nullptr;
    }
    ++model_.mapped;
    return model_.memory[index].data();
  }
  void Unmap(void*, size_t) override { --model_.mapped; }
  int Wait(std::chrono::milliseconds) override {
    return model_.gone || !model_.frames.empty() ? 1 : 0;
  }

 private:
  static constexpr uint32_t kPage = 4096;
  static constexpr uint32_t kOfOthers = V4L2_CAP_VIDEO_OUTPUT;  // of the device's other nodes

  static int Fail(int reason) {
    errno = reason;
    return -1;
  }
  int SetFormat(v4l2_format& format) {
    if (model_.streams) return Fail(EBUSY);
    format.fmt.pix.pixelformat = model_.format;
    model_.chosen = format.fmt.pix;
    return 0;
  }
  int GiveFrame(v4l2_buffer& buffer) {
    if (!model_.streams) return Fail(EINVAL);
    if (model_.queued.empty() || model_.frames.empty()) return Fail(EAGAIN);
    buffer.index = model_.queued.front();
    model_.queued.pop_front();
    const std::string frame = model_.frames.front();
    model_.frames.pop_front();
    auto& memory = model_.memory[buffer.index];
    std::memcpy(memory.data(), frame.data(), std::min(frame.size(), memory.size()));
    buffer.bytesused =
        model_.bytesused != 0 ? model_.bytesused : static_cast<uint32_t>(frame.size());
    buffer.flags = model_.flags;
    return 0;
  }

  VideoModel& model_;
};

}  // namespace tamtap
