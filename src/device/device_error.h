// What went wrong with a device, and what a technician does about it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

// What to do when the system gave that error number.
struct DeviceHint {
  int errno_value;
  std::string_view hint;
};

// kRetry, with errno as it is now and its hint, if there is one: devices come back.
Error DeviceError(std::string what, std::span<const DeviceHint> hints);

}  // namespace tamtap
