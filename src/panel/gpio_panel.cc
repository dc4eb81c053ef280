#include "panel/gpio_panel.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/mutex.h"
#include "base/step_thread.h"
#include "device/said_once.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLightStays{2'000};
constexpr milliseconds kIdle{60'000};           // nothing to do; somebody wakes the thread
constexpr milliseconds kBetweenTakings{2'000};  // to take lines that can't be had
constexpr milliseconds kLastSwitch{500};

class GpioPanel final : public Panel {
 public:
  GpioPanel(std::string name, OpenLines open, Clock& clock)
      : name_(std::move(name)), open_(std::move(open)), clock_(clock) {}

  ~GpioPanel() override {
    if (!thread_.StopWithin(kLastSwitch) || !lines_) return;
    if (const auto dark = Switch({}); !dark) LogWarning("{}", dark.error().Message());
  }

  void ShowState(GateState state, std::string_view /*card*/, std::string_view name) override {
    if (IsNews(state)) {
      if (Now().until_change > milliseconds(0)) return;  // somebody is told what came of their tap
      return Show(SignForState(state, name, ""));
    }
    if (state == GateState::kCardDetected || state == GateState::kShutdown) Show(Sign());
  }
  void ShowAck(const Ack& ack) override { Show(SignForAck(ack)); }

 private:
  void Show(Sign sign) EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      sign_ = std::move(sign);
      began_ = clock_.MonotonicNow();
    }
    thread_.Wake();
  }

  Signals Now() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return SignalsAt(sign_,
                     std::chrono::duration_cast<milliseconds>(clock_.MonotonicNow() - began_));
  }

  milliseconds Step() {
    if (!lines_) {
      auto lines = open_();
      if (!lines) return Lost(lines.error());
      lines_ = *std::move(lines);
      switched_.fill(false);
      if (trouble_.Ends()) LogInfo("panel gpio:{} is there", name_);
    }
    const Signals now = Now();
    if (const auto done = Switch(now); !done) return Lost(done.error());
    return now.until_change > milliseconds(0) ? now.until_change : kIdle;
  }

  milliseconds Lost(const Error& error) {
    lines_.reset();
    if (trouble_.Begins(error.Message())) {
      LogWarning("panel gpio:{}: {}; taps go on without it", name_, error.Message());
    }
    return kBetweenTakings;
  }

  Result<> Switch(const Signals& wanted) {
    const std::array<bool, 3> to = {wanted.green, wanted.red, wanted.buzzer};
    for (size_t i = 0; i < to.size(); ++i) {
      if (switched_[i] == to[i]) continue;
      TAMTAP_RETURN_IF_ERROR(lines_->Set(static_cast<OutputLine>(i), to[i]));
      switched_[i] = to[i];
    }
    return {};
  }

  const std::string name_;
  const OpenLines open_;
  Clock& clock_;

  Mutex mutex_;
  Sign sign_ GUARDED_BY(mutex_);
  MonotonicTime began_ GUARDED_BY(mutex_){};

  // Only the thread that switches uses these.
  std::unique_ptr<OutputLines> lines_;
  std::array<bool, 3> switched_{};  // by OutputLine
  SaidOnce trouble_;

  StepThread thread_{"the lights", [this] { return Step(); }};  // last: it uses the rest
};

}  // namespace

Signals SignalsAt(const Sign& sign, milliseconds elapsed) {
  Signals now;
  if (sign.light != Light::kNone && elapsed < kLightStays) {
    (sign.light == Light::kGreen ? now.green : now.red) = true;
    now.until_change = kLightStays - elapsed;
  }
  const int halves = 2 * sign.beeps - 1;  // beeps, and the pauses between them
  if (sign.beeps > 0 && elapsed < halves * sign.beep) {
    now.buzzer = elapsed / sign.beep % 2 == 0;
    const milliseconds half = sign.beep - elapsed % sign.beep;
    if (now.until_change == milliseconds(0) || half < now.until_change) now.until_change = half;
  }
  return now;
}

Result<GpioWiring> ParseGpio(std::string_view argument) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kMisconfigured, fmt::format("panel 'gpio:{}': {}", argument, what), 0,
                 "write it as gpio:/dev/gpiochip0,green=17,red=27,buzzer=18"};
  };
  GpioWiring wiring;
  const std::pair<std::string_view, std::optional<unsigned>*> kLines[] = {
      {"green=", &wiring.green}, {"red=", &wiring.red}, {"buzzer=", &wiring.buzzer}};
  size_t comma = std::min(argument.find(','), argument.size());
  wiring.chip = argument.substr(0, comma);
  if (!wiring.chip.starts_with('/')) return wrong("it names no GPIO chip");
  while (comma < argument.size()) {
    std::string_view option = argument.substr(comma + 1);
    option = option.substr(0, option.find(','));
    comma += 1 + option.size();
    bool known = false;
    for (const auto& [key, line] : kLines) {
      if (!option.starts_with(key)) continue;
      const std::string_view text = option.substr(key.size());
      unsigned number = 0;
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (failed != std::errc() || end != text.data() + text.size()) {
        return wrong(fmt::format("'{}' is no number of a line", text));
      }
      *line = number;
      known = true;
    }
    if (!known) return wrong(fmt::format("it has no option '{}'", option));
  }
  if (!wiring.green && !wiring.red && !wiring.buzzer) return wrong("it names no line");
  return wiring;
}

std::unique_ptr<Panel> MakeGpioPanel(std::string name, OpenLines open, Clock& clock) {
  return std::make_unique<GpioPanel>(std::move(name), std::move(open), clock);
}

}  // namespace tamtap
