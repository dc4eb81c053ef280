// What a GPIO chip is, and who has its lines. Looking takes no line.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "device/device_error.h"

namespace tamtap {

struct GpioChip {
  std::string label;   // "pinctrl-bcm2711"
  unsigned lines = 0;  // how many it has
};
// Errors: DeviceError with these hints.
Result<GpioChip> LookAtGpioChip(const std::string& chip, std::span<const DeviceHint> hints);

// Who has taken the line, as they call themselves; nothing: nobody. Errors as above.
Result<std::optional<std::string>> UserOfGpioLine(const std::string& chip, unsigned line,
                                                  std::span<const DeviceHint> hints);

// What a technician does about trouble with lines of a GPIO chip.
std::span<const DeviceHint> GpioHints();

}  // namespace tamtap
