// PowerSource: how the power of a machine is. Its adapters are a UPS on I2C and a command of the
// school's own.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "device/i2c_bus.h"

namespace tamtap {

struct PowerState {
  bool low = false;  // there is little left: stop now
  std::string said;  // "on battery, 62 % left"
};

class PowerSource {
 public:
  virtual ~PowerSource() = default;
  // Errors: kRetry and kMisconfigured when it can't be said, which never counts as low; kClosed
  // when a stop was asked for.
  virtual Result<PowerState> Look(const std::stop_token& stop) = 0;
  virtual std::string Describe() const = 0;  // "ups:/dev/i2c-1,0x17"
  // How often in a row it must say "low" before it is believed.
  virtual int TimesBelieved() const = 0;
};

// A UPS of 52Pi: "/dev/i2c-1" or "/dev/i2c-1,0x17". It is low when nothing charges it, and as many
// percent or fewer are left as `low_percent`, or its battery has sunk to where it would switch off.
Result<I2cPlace> ParseUps(std::string_view argument);
using OpenUps = std::function<Result<std::unique_ptr<I2cBus>>()>;
std::unique_ptr<PowerSource> MakeUps(std::string name, OpenUps open, int low_percent);

// A command for the shell, for any other UPS: it ends with 0 while the power is fine and with 1
// when little is left. Any other end says nothing of the power.
std::unique_ptr<PowerSource> MakePowerCommand(std::string command, Clock& clock);

}  // namespace tamtap
