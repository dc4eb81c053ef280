// The 16x2 display at a gate, as `--panel lcd:/dev/i2c-1,0x27`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "device/i2c_bus.h"
#include "panel/panel.h"

namespace tamtap {

// "/dev/i2c-1" or "/dev/i2c-1,0x3F"; boards have 0x20 to 0x27 (most 0x27), or 0x38 to 0x3F.
// kMisconfigured names what is wrong.
Result<I2cPlace> ParseLcd(std::string_view argument);

using OpenI2cBus = std::function<Result<std::unique_ptr<I2cBus>>()>;

// A thread of its own writes; what is newest is shown, and what is older is left out. What a tap
// came to stays for two and a half seconds, unless another card comes. A display that is away is
// said once, and set up again when it is back.
std::unique_ptr<Panel> MakeLcdPanel(std::string name, OpenI2cBus open, std::string idle_text,
                                    Clock& clock);

}  // namespace tamtap
