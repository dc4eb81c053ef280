// I2cBus: a chip behind I2C.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

class I2cBus {
 public:
  virtual ~I2cBus() = default;
  // One transfer. Errors: kRetry, as the system gave them; the chip may have taken a part.
  virtual Result<> Write(std::span<const unsigned char> bytes) = 0;
  // Writes the question and reads the answer without letting the bus go between them; an empty
  // question only reads. Errors as above.
  virtual Result<> Ask(std::span<const unsigned char> question,
                       std::span<unsigned char> answer) = 0;
};

// Where a chip is.
struct I2cPlace {
  std::string device;  // "/dev/i2c-1"
  int address = 0;     // 7 bits
};
// "/dev/i2c-1" or "/dev/i2c-1,0x3F"; without an address it is the usual one. kMisconfigured says
// what is wrong with `whole`, and gives the example.
Result<I2cPlace> ParseI2cPlace(std::string_view argument, int usual_address,
                               const std::string& whole, std::string_view example);

// Opens "/dev/i2c-1" for the chip at that address (7 bits). kRetry, with a hint: it is not there,
// or may not be used. Whether a chip answers, the first transfer shows.
Result<std::unique_ptr<I2cBus>> OpenI2c(const std::string& device, int address);

// "0x27 on /dev/i2c-1", for messages.
std::string I2cName(const std::string& device, int address);

}  // namespace tamtap
