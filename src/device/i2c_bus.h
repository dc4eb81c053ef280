// I2cBus: a chip behind I2C.
#pragma once

#include <memory>
#include <span>
#include <string>

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

// Opens "/dev/i2c-1" for the chip at that address (7 bits). kRetry, with a hint: it is not there,
// or may not be used. Whether a chip answers, the first transfer shows.
Result<std::unique_ptr<I2cBus>> OpenI2c(const std::string& device, int address);

// "0x27 on /dev/i2c-1", for messages.
std::string I2cName(const std::string& device, int address);

}  // namespace tamtap
