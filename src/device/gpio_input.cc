#include "device/gpio_input.h"

#include <fmt/core.h>
#include <gpiod.h>

namespace tamtap {
namespace {

constexpr const char* kButtonConsumer = "tamtap";
constexpr int kPressedIsLow =
    GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;

}  // namespace

void GpioInput::CloseChip::operator()(gpiod_chip* chip) const {
  gpiod_chip_close(chip);  // its lines are released
}

Result<std::unique_ptr<GpioInput>> GpioInput::Open(const std::string& chip, unsigned line,
                                                   std::span<const DeviceHint> hints) {
  Chip opened(gpiod_chip_open(chip.c_str()));
  if (!opened) return DeviceError("open " + chip, hints);
  std::string name = fmt::format("line {} of {}", line, chip);
  gpiod_line* const found = gpiod_chip_get_line(opened.get(), line);
  if (found == nullptr) return DeviceError("find " + name, hints);
  if (gpiod_line_request_both_edges_events_flags(found, kButtonConsumer, kPressedIsLow) < 0) {
    return DeviceError("take " + name, hints);
  }
  const int fd = gpiod_line_event_get_fd(found);
  if (fd < 0) return DeviceError("watch " + name, hints);
  return std::unique_ptr<GpioInput>(
      new GpioInput(std::move(opened), found, fd, std::move(name), hints));
}

Result<bool> GpioInput::TakeChange() {
  gpiod_line_event event{};
  if (gpiod_line_event_read(line_, &event) < 0) return DeviceError("watch " + name_, hints_);
  return IsPressed();
}

Result<bool> GpioInput::IsPressed() {
  const int value = gpiod_line_get_value(line_);
  if (value < 0) return DeviceError("read " + name_, hints_);
  return value == 1;
}

}  // namespace tamtap
