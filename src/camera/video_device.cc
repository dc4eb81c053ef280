#include "camera/video_device.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <cerrno>

#include "base/descriptor.h"
#include "device/device_error.h"

namespace tamtap {
namespace {

constexpr std::string_view kPlugIn = "plug the camera in, and look for /dev/video*";
constexpr DeviceHint kVideoHints[] = {
    {ENOENT, kPlugIn},
    {ENODEV, kPlugIn},
    {ENXIO, kPlugIn},
    {EACCES, "the user must belong to the group video"},
    {EPERM, "the user must belong to the group video"},
    {EBUSY, "another program uses the camera"},
    {ENOSPC, "the USB port has too little room for this camera; plug it into another one"},
};

class KernelVideo final : public VideoDevice {
 public:
  explicit KernelVideo(Descriptor device) : device_(std::move(device)) {}

  int Ioctl(unsigned long request, void* argument) override {
    int done = 0;
    do {
      done = ioctl(device_.get(), request, argument);
    } while (done < 0 && errno == EINTR);
    return done;
  }
  void* Map(size_t length, int64_t offset) override {
    void* const start =
        mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, device_.get(), offset);
    return start == MAP_FAILED ? nullptr : start;
  }
  void Unmap(void* start, size_t length) override { munmap(start, length); }
  int Wait(std::chrono::milliseconds wait) override {
    pollfd ready{device_.get(), POLLIN, 0};
    const int count = poll(&ready, 1, static_cast<int>(wait.count()));
    return count < 0 && errno == EINTR ? 0 : count;
  }

 private:
  const Descriptor device_;
};

}  // namespace

Error VideoError(std::string what) { return DeviceError(std::move(what), kVideoHints); }

Result<std::unique_ptr<VideoDevice>> OpenVideoDevice(const std::string& path) {
  // Not blocking: a camera that gives no frame must hold nobody up.
  Descriptor device(open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!device) return VideoError("open " + path);
  return std::unique_ptr<VideoDevice>(std::make_unique<KernelVideo>(std::move(device)));
}

}  // namespace tamtap
