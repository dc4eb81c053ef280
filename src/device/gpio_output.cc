#include "device/gpio_output.h"

#include <fmt/core.h>
#include <gpiod.h>

namespace tamtap {
namespace {

constexpr const char* kConsumer = "tamtap";

}  // namespace

void GpioOutput::CloseChip::operator()(gpiod_chip* chip) const {
  gpiod_chip_close(chip);  // its lines are released
}

Result<std::unique_ptr<GpioOutput>> GpioOutput::Open(const std::string& chip, unsigned line,
                                                     bool high, std::span<const DeviceHint> hints) {
  Chip opened(gpiod_chip_open(chip.c_str()));
  if (!opened) return DeviceError("open " + chip, hints);
  std::string name = fmt::format("line {} of {}", line, chip);
  gpiod_line* const found = gpiod_chip_get_line(opened.get(), line);
  if (found == nullptr) return DeviceError("find " + name, hints);
  if (gpiod_line_request_output(found, kConsumer, high ? 1 : 0) < 0) {
    return DeviceError("take " + name, hints);
  }
  return std::unique_ptr<GpioOutput>(
      new GpioOutput(std::move(opened), found, std::move(name), hints));
}

Result<> GpioOutput::Set(bool high) {
  if (gpiod_line_set_value(line_, high ? 1 : 0) < 0) return DeviceError("set " + name_, hints_);
  return {};
}

}  // namespace tamtap
