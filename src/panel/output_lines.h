// OutputLines: the lights and the buzzer of a gate, as lines of a GPIO chip.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace tamtap {

enum class OutputLine { kGreen, kRed, kBuzzer };

class OutputLines {
 public:
  virtual ~OutputLines() = default;
  // Does nothing where no such line is wired. kRetry: as the system gave it.
  virtual Result<> Set(OutputLine line, bool on) = 0;
};

struct GpioWiring {
  std::string chip;  // "/dev/gpiochip0"
  // Lines of the chip, by their numbers; missing: not wired. They are on while they are high.
  std::optional<unsigned> green;
  std::optional<unsigned> red;
  std::optional<unsigned> buzzer;
};

// Takes the lines, and switches them off. kRetry, with a hint: there is no such chip or line, it
// may not be used, or it belongs to another program.
Result<std::unique_ptr<OutputLines>> OpenGpio(const GpioWiring& wiring);

}  // namespace tamtap
