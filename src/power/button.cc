#include "power/button.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/check.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTouch{50};
constexpr milliseconds kStopHold{2'500};

constexpr std::pair<ButtonAction, std::string_view> kActions[] = {
    {ButtonAction::kStart, "start"},
    {ButtonAction::kRestart, "restart"},
    {ButtonAction::kStop, "stop"}};

}  // namespace

std::string_view ToString(ButtonAction action) {
  for (const auto& [each, name] : kActions) {
    if (each == action) return name;
  }
  CheckFailed("a ButtonAction", __FILE_NAME__, __LINE__);
}

milliseconds HoldOf(ButtonAction action) {
  return action == ButtonAction::kStop ? kStopHold : kTouch;
}

Result<Button> ParseButton(std::string_view spec) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kMisconfigured, fmt::format("button '{}': {}", spec, what), 0,
                 "write it as start=/dev/gpiochip0,line=5, restart=... or stop=..."};
  };
  constexpr std::string_view kLine = ",line=";
  const size_t equals = std::min(spec.find('='), spec.size());
  const auto* const action =
      std::find_if(std::begin(kActions), std::end(kActions),
                   [&](const auto& each) { return each.second == spec.substr(0, equals); });
  if (action == std::end(kActions) || equals == spec.size()) {
    return wrong("it is none of start, restart and stop");
  }
  const std::string_view rest = spec.substr(equals + 1);
  const size_t at = rest.rfind(kLine);
  if (at == std::string_view::npos) return wrong("it names no line");
  Button button;
  button.action = action->first;
  button.chip = rest.substr(0, at);
  if (!button.chip.starts_with('/')) return wrong("it names no GPIO chip");
  const std::string_view number = rest.substr(at + kLine.size());
  const auto [end, failed] =
      std::from_chars(number.data(), number.data() + number.size(), button.line);
  if (failed != std::errc() || end != number.data() + number.size()) {
    return wrong(fmt::format("'{}' is no number of a line", number));
  }
  return button;
}

}  // namespace tamtap
