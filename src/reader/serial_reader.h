// Readers that print a line for each card over a serial line: serial boards, and Arduinos on USB.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "reader/reader.h"

namespace tamtap {

struct SerialPort {
  std::string device;     // "/dev/ttyUSB0"
  unsigned baud = 9'600;  // of 8 bits, without parity
};

// "/dev/ttyUSB0" or "/dev/ttyACM0,baud=115200". kMisconfigured names what is wrong.
Result<SerialPort> ParseSerial(std::string_view argument);

// Boards that repeat their line while a card stays are one tap (card_presence.h). Next() reports
// trouble (no such device, unplugged) once, as kRetry with a hint; called again it looks for the
// device until it is back. A stop is noticed within 50 ms.
std::unique_ptr<Reader> MakeSerialReader(SerialPort port, CardFormat format, Clock& clock);

}  // namespace tamtap
