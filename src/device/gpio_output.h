// GpioOutput: one line of a GPIO chip that this program switches.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "device/device_error.h"

struct gpiod_chip;
struct gpiod_line;

namespace tamtap {

class GpioOutput {
 public:
  // Takes the line of the chip ("/dev/gpiochip0"), and sets it. The line is another program's again
  // when this is destroyed. Errors: DeviceError with these hints.
  static Result<std::unique_ptr<GpioOutput>> Open(const std::string& chip, unsigned line, bool high,
                                                  std::span<const DeviceHint> hints);

  Result<> Set(bool high);

 private:
  struct CloseChip {
    void operator()(gpiod_chip* chip) const;
  };
  using Chip = std::unique_ptr<gpiod_chip, CloseChip>;

  GpioOutput(Chip chip, gpiod_line* line, std::string name, std::span<const DeviceHint> hints)
      : chip_(std::move(chip)), line_(line), name_(std::move(name)), hints_(hints) {}

  const Chip chip_;
  gpiod_line* const line_;  // the chip's
  const std::string name_;  // "line 17 of /dev/gpiochip0"
  const std::span<const DeviceHint> hints_;
};

}  // namespace tamtap
