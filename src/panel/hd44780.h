// Hd44780: a display of two lines of 16 characters behind a PCF8574, as it is sold with an I2C
// board on its back: P0 is RS, P1 RW, P2 E, P3 the light, P4 to P7 are D4 to D7. Written from
// Hitachi's data sheet "HD44780U" and NXP's "PCF8574". One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "device/i2c_bus.h"

namespace tamtap {

class Hd44780 {
 public:
  static constexpr size_t kColumns = 16;
  static constexpr size_t kRows = 2;

  // Both must outlive it.
  Hd44780(I2cBus& bus, Clock& clock) : bus_(bus), clock_(clock) {}

  // Sets the display up, whatever state it was left in. What it shows stays until Show(). Takes 50
  // ms for the time that it may have no power yet.
  Result<> SetUp();
  // The same without that time, for one that should be set up: its power may have sunk since, which
  // nobody is told. Nobody sees it if it had not.
  Result<> SetUpAgain();
  // Shows these lines of ASCII; what is longer is cut. Only cells that change are written, after a
  // set-up all of them. After an error the display may show anything: set it up again.
  Result<> Show(std::string_view upper, std::string_view lower);

 private:
  using Line = std::array<char, kColumns>;

  void AddHalf(unsigned char high_bits, bool data, std::vector<unsigned char>& bytes) const;
  void AddByte(unsigned char byte, bool data, std::vector<unsigned char>& bytes) const;
  Result<> Half(unsigned char high_bits, std::chrono::microseconds pause);
  Result<> Command(unsigned char command, std::chrono::microseconds pause);
  Result<> ShowLine(size_t row, std::string_view text);

  I2cBus& bus_;
  Clock& clock_;
  std::array<Line, kRows> shown_{};
};

}  // namespace tamtap
