#include "panel/output_lines.h"

#include <fmt/core.h>
#include <gpiod.h>

#include <array>
#include <cerrno>

namespace tamtap {
namespace {

constexpr const char* kConsumer = "tamtap";

struct CloseChip {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }  // its lines are released
};
using GpioChip = std::unique_ptr<gpiod_chip, CloseChip>;

Error Failed(std::string what) {
  const int reason = errno;
  std::string hint;
  if (reason == ENOENT || reason == ENODEV) {
    hint = "`gpiodetect` lists the chips";
  } else if (reason == EACCES || reason == EPERM) {
    hint = "the user must belong to the group gpio";
  } else if (reason == EBUSY) {
    hint = "another program has taken it";
  } else if (reason == EINVAL) {
    hint = "`gpioinfo` lists the lines of a chip";
  }
  return Error{ErrorCode::kRetry, std::move(what), reason, std::move(hint)};
}

class GpioLines final : public OutputLines {
 public:
  explicit GpioLines(GpioChip chip) : chip_(std::move(chip)) {}

  Result<> Take(OutputLine line, std::optional<unsigned> number) {
    if (!number) return {};
    gpiod_line* const taken = gpiod_chip_get_line(chip_.get(), *number);
    if (taken == nullptr || gpiod_line_request_output(taken, kConsumer, 0) < 0) {
      return Failed(fmt::format("take line {} of {}", *number, gpiod_chip_name(chip_.get())));
    }
    lines_[static_cast<size_t>(line)] = taken;
    return {};
  }

  Result<> Set(OutputLine line, bool on) override {
    gpiod_line* const taken = lines_[static_cast<size_t>(line)];
    if (taken == nullptr || gpiod_line_set_value(taken, on ? 1 : 0) == 0) return {};
    return Failed(
        fmt::format("set line {} of {}", gpiod_line_offset(taken), gpiod_chip_name(chip_.get())));
  }

 private:
  const GpioChip chip_;
  std::array<gpiod_line*, 3> lines_{};  // by OutputLine; null: not wired
};

}  // namespace

Result<std::unique_ptr<OutputLines>> OpenGpio(const GpioWiring& wiring) {
  GpioChip chip(gpiod_chip_open(wiring.chip.c_str()));
  if (!chip) return Failed("open " + wiring.chip);
  auto lines = std::make_unique<GpioLines>(std::move(chip));
  TAMTAP_RETURN_IF_ERROR(lines->Take(OutputLine::kGreen, wiring.green));
  TAMTAP_RETURN_IF_ERROR(lines->Take(OutputLine::kRed, wiring.red));
  TAMTAP_RETURN_IF_ERROR(lines->Take(OutputLine::kBuzzer, wiring.buzzer));
  return std::unique_ptr<OutputLines>(std::move(lines));
}

}  // namespace tamtap
