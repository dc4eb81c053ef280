// PanelTrial: a panel as a technician tries it, part after part. What a gate survives and says
// once, is returned here. One thread at a time.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "panel/panel.h"

namespace tamtap {

class PanelTrial {
 public:
  virtual ~PanelTrial() = default;
  // Looks for its device, shows nothing, and says what was found: "a chip answers". Takes no line
  // that a gate may have. Errors: as those of the device.
  virtual Result<std::string> Find() = 0;
  // What Show() shows, in words: "the green light", "WELCOME / ANA REYES, green, 2 beeps of 0.10
  // s".
  virtual const std::vector<std::string>& parts() const = 0;
  // Returns once lights and sounds have ended, or a stop was asked for; a text stays.
  virtual Result<> Show(size_t part, const std::stop_token& stop) = 0;
};

// Of what `--panel` may be given. kMisconfigured as MakePanel().
Result<std::unique_ptr<PanelTrial>> MakePanelTrial(std::string_view spec,
                                                   std::string_view idle_text, PanelOutputs outputs,
                                                   Clock& clock);

// Panels whose devices are plugged in, as `--panel` would name them, and what they are:
// "lcd:/dev/i2c-1,0x27", "gpio:/dev/gpiochip0 (pinctrl-bcm2711, 58 lines)". Reads one byte at the
// addresses that displays have, which changes nothing there.
std::vector<std::string> FindPanels();

}  // namespace tamtap
