// VideoDevice: what the kernel does for one /dev/video*, call by call. A test puts a model in its
// place.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace tamtap {

// Each call fails as the system's does: -1 or null, and errno.
class VideoDevice {
 public:
  virtual ~VideoDevice() = default;  // closes it
  virtual int Ioctl(unsigned long request, void* argument) = 0;
  virtual void* Map(size_t length, int64_t offset) = 0;
  virtual void Unmap(void* start, size_t length) = 0;
  // 1: a frame is there, or the device is gone; 0: time is up.
  virtual int Wait(std::chrono::milliseconds wait) = 0;
};

Result<std::unique_ptr<VideoDevice>> OpenVideoDevice(const std::string& path);

// With a hint for what a technician can mend.
Error VideoError(std::string what);

}  // namespace tamtap
