// For tests: an HD44780 behind a PCF8574 as their data sheets describe them. It enforces the
// timing: what comes too early is noted, and lost. A byte takes the bus as long as at 100 kHz, on
// which whoever writes waits. It shares nothing with the driver.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "device/i2c_bus.h"

namespace tamtap {

class Hd44780Model final : public I2cBus {
 public:
  explicit Hd44780Model(Clock& clock) : clock_(clock) { PowerUp(); }

  Result<> Write(std::span<const unsigned char> bytes) override;
  // The pins, as a PCF8574 tells them to anybody who reads.
  Result<> Ask(std::span<const unsigned char> question, std::span<unsigned char> answer) override;
  void PowerUp();
  // The 16 characters that a person sees; blank while the display is off.
  std::string Line(size_t row) const;

  std::optional<Error> fail;  // after so many more bytes
  size_t fail_after = 0;
  std::vector<std::string> faults;  // what came too early
  size_t bytes = 0;
  bool light = false;

 private:
  Result<> Take(std::span<const unsigned char> written);
  void Latch(uint8_t high_bits, bool data);
  void Take(uint8_t byte, bool data);
  void Command(uint8_t command);

  Clock& clock_;
  MonotonicTime now_{};  // on the bus
  uint8_t pins_ = 0;
  bool four_bits_ = false;
  std::optional<uint8_t> half_;
  int eights_ = 0;  // of the way to a known state
  MonotonicTime busy_until_{};
  std::array<char, 128> memory_{};
  uint8_t address_ = 0;
  bool on_ = false;
};

}  // namespace tamtap
