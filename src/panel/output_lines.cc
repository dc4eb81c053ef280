#include "panel/output_lines.h"

#include <array>

#include "device/gpio_chip.h"
#include "device/gpio_output.h"

namespace tamtap {
namespace {

class GpioLines final : public OutputLines {
 public:
  Result<> Take(OutputLine line, const std::string& chip, std::optional<unsigned> number) {
    if (!number) return {};
    TAMTAP_TRY(lines_[static_cast<size_t>(line)],
               GpioOutput::Open(chip, *number, /*high=*/false, GpioHints()));
    return {};
  }

  Result<> Set(OutputLine line, bool on) override {
    const auto& taken = lines_[static_cast<size_t>(line)];
    return taken ? taken->Set(on) : Result<>();
  }

 private:
  std::array<std::unique_ptr<GpioOutput>, 3> lines_;  // by OutputLine; null: not wired
};

}  // namespace

Result<std::unique_ptr<OutputLines>> OpenGpio(const GpioWiring& wiring) {
  auto lines = std::make_unique<GpioLines>();
  TAMTAP_RETURN_IF_ERROR(lines->Take(OutputLine::kGreen, wiring.chip, wiring.green));
  TAMTAP_RETURN_IF_ERROR(lines->Take(OutputLine::kRed, wiring.chip, wiring.red));
  TAMTAP_RETURN_IF_ERROR(lines->Take(OutputLine::kBuzzer, wiring.chip, wiring.buzzer));
  return std::unique_ptr<OutputLines>(std::move(lines));
}

}  // namespace tamtap
