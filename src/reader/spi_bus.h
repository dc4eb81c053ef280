// SpiBus: a chip behind SPI, and the line that resets it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace tamtap {

class SpiBus {
 public:
  virtual ~SpiBus() = default;

  // Sends each frame, and puts what comes back meanwhile in its place. The chip is deselected
  // after each. Errors: kRetry, as the system gave them.
  virtual Result<> Exchange(std::span<const std::span<unsigned char>> frames) = 0;
  // Pulls the reset line and lets it go. Does nothing where none is wired.
  virtual Result<> Reset() = 0;
  // "/dev/spidev0.0", for messages.
  virtual const std::string& name() const = 0;
};

struct SpiWiring {
  std::string device;             // "/dev/spidev0.0"
  std::optional<unsigned> reset;  // the GPIO line of the chip's reset pin, by its number
  std::string gpio_chip = "/dev/gpiochip0";
};

// Opens the device (SPI mode 0, 1 MHz). kRetry, with a hint: it is not there, may not be used, or
// is no SPI device, or the line belongs to another program.
Result<std::unique_ptr<SpiBus>> OpenSpi(const SpiWiring& wiring);

}  // namespace tamtap
