#include "panel/panel_trial.h"

#include <fmt/core.h>

#include <array>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "device/gpio_chip.h"
#include "device/i2c_bus.h"
#include "device/pause.h"
#include "panel/every_event.h"
#include "panel/gpio_panel.h"
#include "panel/hd44780.h"
#include "panel/lcd_panel.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kLcdSpec = "lcd:";
constexpr std::string_view kGpioSpec = "gpio:";
constexpr milliseconds kLightAlone{1'000};
constexpr milliseconds kBuzzerAlone{500};
constexpr const char* kWhen = "2026-11-23T07:00:00.000+08:00";

// PCF8574 and PCF8574A, with all that their three address pins allow.
constexpr std::pair<int, int> kDisplayAddresses[] = {{0x20, 0x27}, {0x38, 0x3F}};

Result<> FindDisplay(const I2cPlace& place) {
  TAMTAP_TRY(const auto bus, OpenI2c(place.device, place.address));
  std::array<unsigned char, 1> pins{};
  return bus->Ask({}, pins);
}

std::vector<int> DisplayAddressesOf(const std::string& device) {
  std::vector<int> found;
  for (const auto& [first, last] : kDisplayAddresses) {
    for (int address = first; address <= last; ++address) {
      if (FindDisplay({device, address})) found.push_back(address);
    }
  }
  return found;
}

class LcdTrial final : public PanelTrial {
 public:
  LcdTrial(I2cPlace place, std::string_view idle_text, Clock& clock)
      : place_(std::move(place)), clock_(clock) {
    for (const PanelEvent& event : EveryEvent(kWhen)) {
      const Sign& sign = signs_.emplace_back(event.SignOf(idle_text));
      parts_.push_back(fmt::format("{} / {}", sign.upper, sign.lower));
    }
  }

  Result<std::string> Find() override {
    const auto answers = FindDisplay(place_);
    if (answers) return "a chip answers at " + I2cName(place_.device, place_.address);
    Error error = answers.error();
    if (const auto others = DisplayAddressesOf(place_.device); !others.empty()) {
      error.hint = fmt::format("a chip answers at 0x{0:02X}: try --panel lcd:{1},0x{0:02X}",
                               others.front(), place_.device);
    }
    return error;
  }

  const std::vector<std::string>& parts() const override { return parts_; }

  Result<> Show(size_t part, const std::stop_token& /*stop*/) override {
    if (!display_) {
      TAMTAP_TRY(bus_, OpenI2c(place_.device, place_.address));
      Hd44780 display(*bus_, clock_);
      TAMTAP_RETURN_IF_ERROR(display.SetUp());
      display_.emplace(display);
    }
    return display_->Show(signs_[part].upper, signs_[part].lower);
  }

 private:
  const I2cPlace place_;
  Clock& clock_;
  std::vector<Sign> signs_;
  std::vector<std::string> parts_;
  std::unique_ptr<I2cBus> bus_;
  std::optional<Hd44780> display_;
};

class GpioTrial final : public PanelTrial {
 public:
  GpioTrial(GpioWiring wiring, Clock& clock) : wiring_(std::move(wiring)), clock_(clock) {
    const std::pair<const std::optional<unsigned>*, const char*> kAlone[] = {
        {&wiring_.green, "the green light"},
        {&wiring_.red, "the red light"},
        {&wiring_.buzzer, "the buzzer"}};
    for (size_t i = 0; i < std::size(kAlone); ++i) {
      if (!*kAlone[i].first) continue;
      alone_.push_back(static_cast<OutputLine>(i));
      parts_.push_back(fmt::format("{} (line {})", kAlone[i].second, **kAlone[i].first));
    }
    std::set<std::string> seen;
    for (const PanelEvent& event : EveryEvent(kWhen)) {
      const Sign sign = event.SignOf("");
      const std::string signals = DescribeSignals(sign);
      // Each once: several texts come with the same.
      if (signals.empty() || !seen.insert(signals).second) continue;
      signs_.push_back(sign);
      parts_.push_back(fmt::format("{}: {}", sign.upper, signals));
    }
  }
  ~GpioTrial() override {
    if (lines_) static_cast<void>(Switch({}));  // the last error was returned by Show()
  }

  Result<std::string> Find() override {
    TAMTAP_TRY(const GpioChip chip, LookAtGpioChip(wiring_.chip, GpioHints()));
    for (const auto& line : {wiring_.green, wiring_.red, wiring_.buzzer}) {
      if (!line) continue;
      TAMTAP_TRY(const auto user, UserOfGpioLine(wiring_.chip, *line, GpioHints()));
      if (user) {
        return Error{ErrorCode::kRetry, fmt::format("take line {} of {}", *line, wiring_.chip), 0,
                     fmt::format("'{}' has it: stop that, or wire another line", *user)};
      }
    }
    return fmt::format("a chip {} with {} lines, and those that are named are free", chip.label,
                       chip.lines);
  }

  const std::vector<std::string>& parts() const override { return parts_; }

  Result<> Show(size_t part, const std::stop_token& stop) override {
    if (!lines_) {
      TAMTAP_TRY(lines_, OpenGpio(wiring_));
    }
    if (part < alone_.size()) {
      const OutputLine line = alone_[part];
      TAMTAP_RETURN_IF_ERROR(lines_->Set(line, true));
      PauseUnlessStopped(clock_, stop, line == OutputLine::kBuzzer ? kBuzzerAlone : kLightAlone);
      return lines_->Set(line, false);
    }
    const Sign& sign = signs_[part - alone_.size()];
    milliseconds elapsed{0};
    while (!stop.stop_requested()) {
      const Signals now = SignalsAt(sign, elapsed);
      TAMTAP_RETURN_IF_ERROR(Switch(now));
      if (now.until_change == milliseconds(0)) break;
      PauseUnlessStopped(clock_, stop, now.until_change);
      elapsed += now.until_change;
    }
    return Switch({});
  }

 private:
  Result<> Switch(const Signals& wanted) {
    TAMTAP_RETURN_IF_ERROR(lines_->Set(OutputLine::kGreen, wanted.green));
    TAMTAP_RETURN_IF_ERROR(lines_->Set(OutputLine::kRed, wanted.red));
    return lines_->Set(OutputLine::kBuzzer, wanted.buzzer);
  }

  const GpioWiring wiring_;
  Clock& clock_;
  std::vector<OutputLine> alone_;
  std::vector<Sign> signs_;
  std::vector<std::string> parts_;
  std::unique_ptr<OutputLines> lines_;
};

// A screen or lines of JSON: what writes to standard output has no device.
class StreamTrial final : public PanelTrial {
 public:
  StreamTrial(std::unique_ptr<Panel> panel, std::string_view idle_text)
      : panel_(std::move(panel)), events_(EveryEvent(kWhen)) {
    for (const PanelEvent& event : events_) parts_.push_back(Describe(event.SignOf(idle_text)));
  }

  Result<std::string> Find() override { return std::string("it writes to standard output"); }
  const std::vector<std::string>& parts() const override { return parts_; }
  Result<> Show(size_t part, const std::stop_token& /*stop*/) override {
    events_[part].ShowOn(*panel_);
    return {};
  }

 private:
  const std::unique_ptr<Panel> panel_;
  const std::vector<PanelEvent> events_;
  std::vector<std::string> parts_;
};

}  // namespace

Result<std::unique_ptr<PanelTrial>> MakePanelTrial(std::string_view spec,
                                                   std::string_view idle_text, PanelOutputs outputs,
                                                   Clock& clock) {
  if (spec.starts_with(kLcdSpec)) {
    TAMTAP_TRY(I2cPlace place, ParseLcd(spec.substr(kLcdSpec.size())));
    return std::unique_ptr<PanelTrial>(
        std::make_unique<LcdTrial>(std::move(place), idle_text, clock));
  }
  if (spec.starts_with(kGpioSpec)) {
    TAMTAP_TRY(GpioWiring wiring, ParseGpio(spec.substr(kGpioSpec.size())));
    return std::unique_ptr<PanelTrial>(std::make_unique<GpioTrial>(std::move(wiring), clock));
  }
  TAMTAP_TRY(auto panel, MakePanel(spec, idle_text, std::move(outputs)));
  return std::unique_ptr<PanelTrial>(std::make_unique<StreamTrial>(std::move(panel), idle_text));
}

std::vector<std::string> FindPanels() {
  std::vector<std::string> found;
  std::error_code failed;
  const std::filesystem::directory_iterator none;
  for (std::filesystem::directory_iterator at("/dev", failed); !failed && at != none;
       at.increment(failed)) {
    const std::string path = at->path();
    if (path.starts_with("/dev/i2c-")) {
      for (const int address : DisplayAddressesOf(path)) {
        found.push_back(fmt::format("lcd:{},0x{:02X}", path, address));
      }
    } else if (path.starts_with("/dev/gpiochip")) {
      if (const auto chip = LookAtGpioChip(path, GpioHints())) {
        found.push_back(fmt::format("gpio:{} ({}, {} lines)", path, chip->label, chip->lines));
      }
    }
  }
  return found;
}

}  // namespace tamtap
