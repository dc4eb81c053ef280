// tamtap buttons: starts, restarts and stops a gate's service when its buttons are pressed. It is a
// service of its own, since a gate that is stopped can watch no button.
#include <fmt/core.h>

#include <thread>

#include "base/log.h"
#include "cli/command.h"
#include "cli/stop_signal.h"
#include "power/button_watch.h"
#include "power/systemd.h"

namespace tamtap::cli {
namespace {

struct ButtonArguments {
  std::string unit;
};

int WatchButtons(const Settings& settings, const ButtonArguments& arguments) {
  StopSignal stop;
  std::vector<Button> buttons;
  for (const std::string& spec : settings.buttons) {
    auto button = ParseButton(spec);
    if (!button) return Fail(button.error());
    buttons.push_back(*std::move(button));
  }
  if (buttons.empty()) {
    return Fail({ErrorCode::kMisconfigured, "watch the buttons", 0,
                 "name them: --button start=/dev/gpiochip0,line=5"});
  }
  std::jthread watching([&](const std::stop_token& stopping) {
    ButtonWatch watch(buttons, SystemClock());
    while (const auto action = watch.Next(stopping)) {
      const std::string unit = arguments.unit.empty() ? UnitOfGate() : arguments.unit;
      LogInfo("button {}: {} is told so", ToString(*action), unit);
      const auto asked = AskForUnit(*action, unit, stopping, SystemClock());
      if (!asked) LogWarning("button {}: {}", ToString(*action), asked.error().Message());
    }
  });
  stop.Wait();
  return kDone;
}

}  // namespace

void AddButtons(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command =
      app.add_subcommand("buttons", "Start, restart and stop a gate's service by its buttons");
  static ButtonArguments arguments;
  AddCommonFlags(*command, settings);
  AddButtonFlags(*command, settings);
  command->add_option("--unit", arguments.unit,
                      "The service that is started and stopped (default: this machine's gate, "
                      "tamtap.service or tamtap-gate.service)");
  command->callback([&] { action = [&] { return WatchButtons(settings, arguments); }; });
}

}  // namespace tamtap::cli
