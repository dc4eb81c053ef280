#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>

#include "panel/gpio_panel.h"
#include "panel/lcd_panel.h"
#include "panel/panel.h"
#include "panel/stream_panels.h"

namespace tamtap {
namespace {

constexpr std::string_view kLcd = "lcd:";
constexpr std::string_view kGpio = "gpio:";

// Terminals tell what they know through TERM; NO_COLOR is users' common wish to have none of it.
bool StandardOutputIsAnsiTerminal() {
  const char* const term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb" &&
         std::getenv("NO_COLOR") == nullptr;
}

class CombinedPanel final : public Panel {
 public:
  explicit CombinedPanel(std::vector<std::unique_ptr<Panel>> panels) : panels_(std::move(panels)) {}

  void ShowState(GateState state, std::string_view card, std::string_view name) override {
    for (const auto& panel : panels_) panel->ShowState(state, card, name);
  }
  void ShowAck(const Ack& ack) override {
    for (const auto& panel : panels_) panel->ShowAck(ack);
  }
  void ShowNotice(std::string_view notice) override {
    for (const auto& panel : panels_) panel->ShowNotice(notice);
  }
  void SetIdleText(std::string_view idle_text) override {
    for (const auto& panel : panels_) panel->SetIdleText(idle_text);
  }

 private:
  const std::vector<std::unique_ptr<Panel>> panels_;
};

}  // namespace

Result<std::unique_ptr<Panel>> MakePanel(std::string_view spec, std::string_view idle_text,
                                         PanelOutputs outputs) {
  if (spec == "json") return MakeJsonPanel(std::move(outputs.lines));
  if (spec == "screen") {
    return StandardOutputIsAnsiTerminal()
               ? MakeAnsiScreen(std::string(idle_text), std::move(outputs))
               : MakePlainScreen(std::string(idle_text), std::move(outputs.lines));
  }
  if (spec.starts_with(kLcd)) {
    const std::string argument(spec.substr(kLcd.size()));
    TAMTAP_TRY(const I2cPlace wiring, ParseLcd(argument));
    return MakeLcdPanel(
        argument, [wiring] { return OpenI2c(wiring.device, wiring.address); },
        std::string(idle_text), SystemClock());
  }
  if (spec.starts_with(kGpio)) {
    const std::string argument(spec.substr(kGpio.size()));
    TAMTAP_TRY(const GpioWiring wiring, ParseGpio(argument));
    return MakeGpioPanel(
        argument, [wiring] { return OpenGpio(wiring); }, SystemClock());
  }
  return Error{ErrorCode::kMisconfigured, fmt::format("panel '{}': there is no such panel", spec),
               0,
               "use screen, json, lcd:/dev/i2c-1,0x27 or "
               "gpio:/dev/gpiochip0,green=17,red=27,buzzer=18"};
}

std::unique_ptr<Panel> CombinePanels(std::vector<std::unique_ptr<Panel>> panels) {
  return std::make_unique<CombinedPanel>(std::move(panels));
}

}  // namespace tamtap
