// /dev/gpiochip0 with 54 lines, by both interfaces that the kernel has for them (linux/gpio.h).
#include <fcntl.h>
#include <linux/gpio.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/clock.h"
#include "device.h"

namespace tamtap::devices {
namespace {

constexpr unsigned kLines = 54;
constexpr const char* kLabel = "pinctrl-model";

template <typename T>
T Take(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof(T)));
  return value;
}
template <typename T>
Result Give(const T& value) {
  return {0, 0, std::string(reinterpret_cast<const char*>(&value), sizeof(T)), {}};
}

struct Line {
  bool high = true;  // as if a resistor pulled it up: nobody presses
  bool output = false;
  std::string user;  // empty: free
  class LineFile* file = nullptr;
};

class GpioDevice final : public Device {
 public:
  explicit GpioDevice(std::function<void(unsigned, bool)> on_line) : on_line_(std::move(on_line)) {}

  std::shared_ptr<OpenFile> Open(int& error) override;
  void PowerUp() override {}
  std::string Tell(const std::vector<std::string>& words) override;

  void Set(unsigned number, bool high);

  std::array<Line, kLines> lines;
  std::string log;  // "18+ 18- 17+": each change of an output

 private:
  void Press(unsigned number, bool pressed);
  const std::function<void(unsigned, bool)> on_line_;
};

// Lines that somebody has taken together; they are free again when it is closed.
class LineFile final : public OpenFile {
 public:
  LineFile(GpioDevice& device, std::vector<unsigned> numbers, bool active_low, bool second)
      : device_(device), numbers_(std::move(numbers)), active_low_(active_low), second_(second) {}
  ~LineFile() override {
    const std::lock_guard lock(device_.mutex);
    for (const unsigned number : numbers_) {
      Line& line = device_.lines[number];
      if (line.file != this) continue;
      line.user.clear();
      line.file = nullptr;
      line.output = false;
    }
  }

  Result Ioctl(uint64_t request, uint64_t /*argument*/, std::string_view bytes) override {
    if (const int error = device_.TakeFault(); error != 0) return Failed(error);
    switch (request) {
      case GPIOHANDLE_GET_LINE_VALUES_IOCTL: {
        gpiohandle_data data{};
        for (size_t i = 0; i < numbers_.size(); ++i) data.values[i] = Value(i) ? 1 : 0;
        return Give(data);
      }
      case GPIOHANDLE_SET_LINE_VALUES_IOCTL: {
        const auto data = Take<gpiohandle_data>(bytes);
        for (size_t i = 0; i < numbers_.size(); ++i) {
          device_.Set(numbers_[i], (data.values[i] != 0) != active_low_);
        }
        return Give(data);
      }
      case GPIO_V2_LINE_GET_VALUES_IOCTL: {
        auto data = Take<gpio_v2_line_values>(bytes);
        data.bits = 0;
        for (size_t i = 0; i < numbers_.size(); ++i) data.bits |= uint64_t{Value(i)} << i;
        return Give(data);
      }
      case GPIO_V2_LINE_SET_VALUES_IOCTL: {
        const auto data = Take<gpio_v2_line_values>(bytes);
        for (size_t i = 0; i < numbers_.size(); ++i) {
          if ((data.mask >> i & 1) != 0) {
            device_.Set(numbers_[i], ((data.bits >> i & 1) != 0) != active_low_);
          }
        }
        return Give(data);
      }
      default:
        return Failed(ENOTTY);
    }
  }

  // The line has changed: whoever waits is told.
  void Changed(unsigned number) {
    if (!send) return;
    const bool active = device_.lines[number].high != active_low_;
    const auto now = static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch() /
                                           std::chrono::nanoseconds(1));
    if (second_) {
      gpio_v2_line_event event{};
      event.timestamp_ns = now;
      event.id = active ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE;
      event.offset = number;
      event.seqno = event.line_seqno = ++sequence_;
      send({reinterpret_cast<const char*>(&event), sizeof(event)});
    } else {
      gpioevent_data event{};
      event.timestamp = now;
      event.id = active ? GPIOEVENT_EVENT_RISING_EDGE : GPIOEVENT_EVENT_FALLING_EDGE;
      send({reinterpret_cast<const char*>(&event), sizeof(event)});
    }
  }

 private:
  bool Value(size_t i) const { return device_.lines[numbers_[i]].high != active_low_; }

  GpioDevice& device_;
  const std::vector<unsigned> numbers_;
  const bool active_low_;
  const bool second_;  // of the second interface
  uint32_t sequence_ = 0;
};

class ChipFile final : public OpenFile {
 public:
  explicit ChipFile(GpioDevice& device) : device_(device) {}

  Result Ioctl(uint64_t request, uint64_t /*argument*/, std::string_view bytes) override {
    if (const int error = device_.TakeFault(); error != 0) return Failed(error);
    switch (request) {
      case GPIO_GET_CHIPINFO_IOCTL: {
        gpiochip_info info{};
        std::strcpy(info.name, "gpiochip0");
        std::strcpy(info.label, kLabel);
        info.lines = kLines;
        return Give(info);
      }
      case GPIO_GET_LINEINFO_IOCTL: {
        auto info = Take<gpioline_info>(bytes);
        if (info.line_offset >= kLines) return Failed(EINVAL);
        const Line& line = device_.lines[info.line_offset];
        info.flags = (line.user.empty() ? 0U : GPIOLINE_FLAG_KERNEL) |
                     (line.output ? GPIOLINE_FLAG_IS_OUT : 0U);
        std::snprintf(info.consumer, sizeof(info.consumer), "%s", line.user.c_str());
        return Give(info);
      }
      case GPIO_V2_GET_LINEINFO_IOCTL: {
        auto info = Take<gpio_v2_line_info>(bytes);
        if (info.offset >= kLines) return Failed(EINVAL);
        const Line& line = device_.lines[info.offset];
        info.flags =
            (line.user.empty() ? 0U : uint64_t{GPIO_V2_LINE_FLAG_USED}) |
            (line.output ? uint64_t{GPIO_V2_LINE_FLAG_OUTPUT} : uint64_t{GPIO_V2_LINE_FLAG_INPUT});
        std::snprintf(info.consumer, sizeof(info.consumer), "%s", line.user.c_str());
        return Give(info);
      }
      case GPIO_GET_LINEHANDLE_IOCTL: {
        const auto asked = Take<gpiohandle_request>(bytes);
        std::vector<std::pair<unsigned, bool>> wanted;
        for (uint32_t i = 0; i < asked.lines; ++i) {
          wanted.emplace_back(asked.lineoffsets[i], asked.default_values[i] != 0);
        }
        return Request(asked, wanted, asked.consumer_label,
                       (asked.flags & GPIOHANDLE_REQUEST_OUTPUT) != 0,
                       (asked.flags & GPIOHANDLE_REQUEST_ACTIVE_LOW) != 0, false);
      }
      case GPIO_GET_LINEEVENT_IOCTL: {
        const auto asked = Take<gpioevent_request>(bytes);
        return Request(asked, {{asked.lineoffset, false}}, asked.consumer_label, false,
                       (asked.handleflags & GPIOHANDLE_REQUEST_ACTIVE_LOW) != 0, false);
      }
      case GPIO_V2_GET_LINE_IOCTL: {
        const auto asked = Take<gpio_v2_line_request>(bytes);
        uint64_t values = 0;
        for (uint32_t i = 0; i < asked.config.num_attrs; ++i) {
          const gpio_v2_line_config_attribute& each = asked.config.attrs[i];
          if (each.attr.id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES) {
            values = each.attr.values & each.mask;
          }
        }
        uint64_t flags = asked.config.flags;
        for (uint32_t i = 0; i < asked.config.num_attrs; ++i) {
          const gpio_v2_line_config_attribute& each = asked.config.attrs[i];
          if (each.attr.id == GPIO_V2_LINE_ATTR_ID_FLAGS) flags |= each.attr.flags;
        }
        std::vector<std::pair<unsigned, bool>> wanted;
        for (uint32_t i = 0; i < asked.num_lines; ++i) {
          wanted.emplace_back(asked.offsets[i], (values >> i & 1) != 0);
        }
        return Request(asked, wanted, asked.consumer, (flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0,
                       (flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW) != 0, true);
      }
      default:
        return Failed(ENOTTY);
    }
  }

 private:
  template <typename Asked>
  Result Request(const Asked& asked, const std::vector<std::pair<unsigned, bool>>& wanted,
                 const char* consumer, bool output, bool active_low, bool second) {
    std::vector<unsigned> numbers;
    for (const auto& [number, value] : wanted) {
      if (number >= kLines) return Failed(EINVAL);
      if (!device_.lines[number].user.empty()) return Failed(EBUSY);
      numbers.push_back(number);
    }
    auto file = std::make_shared<LineFile>(device_, numbers, active_low, second);
    for (const auto& [number, value] : wanted) {
      Line& line = device_.lines[number];
      line.user = *consumer == '\0' ? "?" : consumer;
      line.file = file.get();
      line.output = output;
      if (output) device_.Set(number, value != active_low);
    }
    Result result = Give(asked);
    result.opened = std::move(file);
    return result;
  }

  GpioDevice& device_;
};

std::shared_ptr<OpenFile> GpioDevice::Open(int& /*error*/) {
  return std::make_shared<ChipFile>(*this);
}

void GpioDevice::Set(unsigned number, bool high) {
  Line& line = lines[number];
  if (line.high != high) log += std::to_string(number) + (high ? "+ " : "- ");
  line.high = high;
  on_line_(number, high);
}

void GpioDevice::Press(unsigned number, bool pressed) {
  Line& line = lines[number];
  if (line.high == !pressed) return;
  line.high = !pressed;
  if (line.file != nullptr && !line.output) line.file->Changed(number);
}

std::string GpioDevice::Tell(const std::vector<std::string>& words) {
  if (words[0] == "line") {
    const Line& line = lines.at(std::stoul(words[1]));
    return std::string(line.high ? "1" : "0") + " " + line.user;
  }
  if (words[0] == "log") return std::exchange(log, "");
  if (words[0] == "press" || words[0] == "release") {
    Press(static_cast<unsigned>(std::stoul(words[1])), words[0] == "press");
    return "done";
  }
  return "?";
}

}  // namespace

std::unique_ptr<Device> MakeGpioDevice(std::function<void(unsigned, bool)> on_line) {
  return std::make_unique<GpioDevice>(std::move(on_line));
}

}  // namespace tamtap::devices
