// GpioInput: one line of a GPIO chip with a button between it and ground.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "device/device_error.h"

struct gpiod_chip;
struct gpiod_line;

namespace tamtap {

class GpioInput {
 public:
  // Takes the line of the chip ("/dev/gpiochip0") and pulls it up, so that it is low while the
  // button is pressed. The line is another program's again when this is destroyed. Errors:
  // DeviceError with these hints.
  static Result<std::unique_ptr<GpioInput>> Open(const std::string& chip, unsigned line,
                                                 std::span<const DeviceHint> hints);

  int fd() const { return fd_; }  // readable when the button was pressed or let go
  // Takes in what happened until now, and returns whether the button is pressed. Waits for
  // something to happen unless fd() is readable.
  Result<bool> TakeChange();
  Result<bool> IsPressed();

 private:
  struct CloseChip {
    void operator()(gpiod_chip* chip) const;
  };
  using Chip = std::unique_ptr<gpiod_chip, CloseChip>;

  GpioInput(Chip chip, gpiod_line* line, int fd, std::string name,
            std::span<const DeviceHint> hints)
      : chip_(std::move(chip)), line_(line), fd_(fd), name_(std::move(name)), hints_(hints) {}

  const Chip chip_;
  gpiod_line* const line_;  // the chip's
  const int fd_;            // the line's
  const std::string name_;  // "line 13 of /dev/gpiochip0"
  const std::span<const DeviceHint> hints_;
};

}  // namespace tamtap
