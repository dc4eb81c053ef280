#include "device/device_error.h"

#include <algorithm>
#include <cerrno>

namespace tamtap {

Error DeviceError(std::string what, std::span<const DeviceHint> hints) {
  const int reason = errno;
  const auto found = std::find_if(hints.begin(), hints.end(), [reason](const DeviceHint& each) {
    return each.errno_value == reason;
  });
  return Error{ErrorCode::kRetry, std::move(what), reason,
               std::string(found == hints.end() ? std::string_view() : found->hint)};
}

}  // namespace tamtap
