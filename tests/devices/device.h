// Device: one modelled device file, as the kernel would offer it. Its calls come from several
// threads, one at a time (its mutex is held).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "wire.h"

namespace tamtap::devices {

struct Result {
  int32_t result = 0;
  int32_t error = 0;
  std::string bytes{};
  std::shared_ptr<class OpenFile> opened{};  // that an ioctl has opened
};
inline Result Failed(int error) { return {-1, error, {}, {}}; }

// Sends events to whoever has the file open; does nothing once they are gone.
using SendEvents = std::function<void(std::string_view)>;

class OpenFile {
 public:
  virtual ~OpenFile() = default;
  virtual Result Ioctl(uint64_t request, uint64_t argument, std::string_view bytes) = 0;
  virtual Result Read(size_t /*size*/) { return Failed(11 /* EAGAIN: read the events */); }
  virtual Result Write(std::string_view /*bytes*/) { return Failed(22 /* EINVAL */); }
  SendEvents send;  // empty until the connection for events is there
};

// An error that a test wants: the calls after the next `after` ones fail, `times` of them.
struct Fault {
  int error = 0;
  int after = 0;
  int times = 0;
};

class Device {
 public:
  virtual ~Device() = default;
  // Nothing: `error` says why (EBUSY).
  virtual std::shared_ptr<OpenFile> Open(int& error) = 0;
  // It was plugged in anew, so it knows nothing of before.
  virtual void PowerUp() = 0;
  // A test's word, such as {"show", "176B3325"}; what it answers.
  virtual std::string Tell(const std::vector<std::string>& words) = 0;

  // The error that is due now, or 0.
  int TakeFault() {
    if (fault.times == 0) return 0;
    if (fault.after > 0) {
      --fault.after;
      return 0;
    }
    --fault.times;
    return fault.error;
  }

  std::mutex mutex;
  bool plugged = true;
  Fault fault;
};

// `reset`: is set to what a pulse on the reset pin of the chip does.
std::unique_ptr<Device> MakeSpiDevice(std::function<void()>& reset);
std::unique_ptr<Device> MakeI2cDevice();
// `on_line`: is told the number and the value of each output that changes.
std::unique_ptr<Device> MakeGpioDevice(std::function<void(unsigned, bool)> on_line);
std::unique_ptr<Device> MakeKeyboardDevice();

}  // namespace tamtap::devices
