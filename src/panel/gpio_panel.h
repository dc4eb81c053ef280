// Lights and a buzzer at a gate, as `--panel gpio:/dev/gpiochip0,green=17,red=27,buzzer=18`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "panel/output_lines.h"
#include "panel/panel.h"

namespace tamtap {

// The chip, and behind it, in any order, at least one of ",green=LINE", ",red=LINE" and
// ",buzzer=LINE". kMisconfigured names what is wrong.
Result<GpioWiring> ParseGpio(std::string_view argument);

// What the lines are `elapsed` after a tap came to that sign.
struct Signals {
  bool green = false;
  bool red = false;
  bool buzzer = false;
  std::chrono::milliseconds until_change{0};  // 0: they stay so
  friend bool operator==(const Signals&, const Signals&) = default;
};
Signals SignalsAt(const Sign& sign, std::chrono::milliseconds elapsed);

using OpenLines = std::function<Result<std::unique_ptr<OutputLines>>()>;

// A thread of its own switches. The next card ends what is left of the last one's signals. Lines
// that can't be had are said once, and tried again.
std::unique_ptr<Panel> MakeGpioPanel(std::string name, OpenLines open, Clock& clock);

}  // namespace tamtap
