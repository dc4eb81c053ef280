// For tests: /dev/video77 for an unchanged program, which this library is loaded in front of
// (LD_PRELOAD). The camera is plugged in while the file that TAMTAP_TEST_VIDEO names is there; the
// JPEG in it is what the camera sees, fifteen times a second, with a comment that counts. What the
// program opens is a timer, so that poll() is the kernel's.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>

namespace {

constexpr std::string_view kPath = "/dev/video77";
constexpr uint32_t kBufferBytes = 1 << 20;
constexpr uint32_t kBuffers = 3;
constexpr long kFrameNanoseconds = 66'000'000;

// One program opens it once at a time.
struct Device {
  std::atomic<int> descriptor{-1};
  bool format = false;
  bool streams = false;
  std::array<void*, kBuffers> memory{};
  std::deque<uint32_t> queued;
  unsigned number = 0;
} device;

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int Fail(int reason) {
  errno = reason;
  return -1;
}

// Empty: it is unplugged.
std::string Seen() {
  const char* const path = std::getenv("TAMTAP_TEST_VIDEO");
  if (path == nullptr) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

int OpenDevice() {
  if (Seen().empty()) return Fail(ENOENT);
  if (device.descriptor >= 0) return Fail(EBUSY);
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  const itimerspec every{{0, kFrameNanoseconds}, {0, kFrameNanoseconds}};
  timerfd_settime(timer, 0, &every, nullptr);
  device.format = device.streams = false;
  device.queued.clear();
  device.descriptor = timer;
  return timer;
}

int GiveFrame(v4l2_buffer& buffer) {
  uint64_t ticks = 0;
  if (!device.streams) return Fail(EINVAL);
  if (device.queued.empty() || read(device.descriptor, &ticks, sizeof ticks) < 0) {
    return Fail(EAGAIN);
  }
  std::string frame = Seen();
  if (frame.empty()) return Fail(ENODEV);
  std::array<char, 16> comment{};
  std::snprintf(comment.data(), comment.size(), "\xFF\xFE%c\x0A%08u", 0, ++device.number);
  frame.insert(2, comment.data(), 12);
  frame.resize(std::min<size_t>(frame.size() + 100, kBufferBytes));  // zeros, as drivers leave
  buffer.index = device.queued.front();
  device.queued.pop_front();
  std::memcpy(device.memory[buffer.index], frame.data(), frame.size());
  buffer.bytesused = static_cast<uint32_t>(frame.size());
  buffer.flags = V4L2_BUF_FLAG_DONE;
  return 0;
}

int Control(unsigned long request, void* argument) {
  if (Seen().empty()) return Fail(ENODEV);
  auto* const buffer = static_cast<v4l2_buffer*>(argument);
  switch (static_cast<unsigned>(request)) {
    case VIDIOC_QUERYCAP: {
      auto* const capability = static_cast<v4l2_capability*>(argument);
      capability->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_DEVICE_CAPS;
      capability->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
      return 0;
    }
    case VIDIOC_S_FMT: {
      auto& pixels = static_cast<v4l2_format*>(argument)->fmt.pix;
      pixels.pixelformat = V4L2_PIX_FMT_MJPEG;
      pixels.width = 640;
      pixels.height = 480;
      device.format = true;
      return 0;
    }
    case VIDIOC_S_PARM:
      return Fail(EINVAL);
    case VIDIOC_REQBUFS: {
      auto* const asked = static_cast<v4l2_requestbuffers*>(argument);
      if (!device.format) return Fail(EINVAL);
      asked->count = std::min(asked->count, kBuffers);
      return 0;
    }
    case VIDIOC_QUERYBUF:
      if (buffer->index >= kBuffers) return Fail(EINVAL);
      buffer->length = kBufferBytes;
      buffer->m.offset = buffer->index * kBufferBytes;
      return 0;
    case VIDIOC_QBUF:
      if (buffer->index >= kBuffers || device.memory[buffer->index] == nullptr) return Fail(EINVAL);
      device.queued.push_back(buffer->index);
      return 0;
    case VIDIOC_STREAMON:
      if (device.queued.empty()) return Fail(EINVAL);
      device.streams = true;
      return 0;
    case VIDIOC_STREAMOFF:
      device.streams = false;
      device.queued.clear();
      return 0;
    case VIDIOC_DQBUF:
      return GiveFrame(*buffer);
    default:
      return Fail(ENOTTY);
  }
}

int OpenPath(const char* name, const char* path, int flags, mode_t mode) {
  if (path != nullptr && path == kPath) return OpenDevice();
  return Next<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

void* MapDevice(size_t length, off_t offset) {
  const auto index = static_cast<size_t>(offset) / kBufferBytes;
  if (index >= kBuffers || length != kBufferBytes) {
    errno = EINVAL;
    return MAP_FAILED;
  }
  void* const memory = Next<decltype(&mmap)>("mmap")(nullptr, length, PROT_READ | PROT_WRITE,
                                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  device.memory[index] = memory;
  return memory;
}

mode_t ModeOf(int flags, va_list rest) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = ModeOf(flags, rest);
  va_end(rest);
  return OpenPath("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = ModeOf(flags, rest);
  va_end(rest);
  return OpenPath("open64", path, flags, mode);
}

int ioctl(int descriptor, unsigned long request, ...) noexcept {
  va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  if (descriptor >= 0 && descriptor == device.descriptor) return Control(request, argument);
  return Next<int (*)(int, unsigned long, ...)>("ioctl")(descriptor, request, argument);
}

void* mmap(void* start, size_t length, int protection, int flags, int descriptor,
           off_t offset) noexcept {
  if (descriptor >= 0 && descriptor == device.descriptor) return MapDevice(length, offset);
  return Next<decltype(&mmap)>("mmap")(start, length, protection, flags, descriptor, offset);
}

int close(int descriptor) {
  if (descriptor >= 0 && descriptor == device.descriptor) device.descriptor = -1;
  return Next<decltype(&close)>("close")(descriptor);
}

}  // extern "C"
