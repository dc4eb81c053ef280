// tamtap panel test: shows a technician each text, light and sound of a panel in turn.
#include <fmt/core.h>

#include <boost/json.hpp>
#include <thread>

#include "base/output.h"
#include "cli/command.h"
#include "cli/gate_here.h"
#include "cli/stop_signal.h"
#include "panel/panel_trial.h"

namespace tamtap::cli {
namespace {

struct PanelArguments {
  double seconds = 1.5;
};

void SayPart(const Settings& settings, const std::string& spec, size_t part,
             const PanelTrial& trial) {
  const std::string& what = trial.parts()[part];
  if (settings.json) {
    const boost::json::object line = {{"panel", spec}, {"part", part + 1}, {"shows", what}};
    Print(boost::json::serialize(line) + "\n");
  } else {
    PrintLine(fmt::format("{:>4}/{}  {}", part + 1, trial.parts().size(), what));
  }
}

// Whether it was gone through to its end.
Result<bool> GoThrough(const Settings& settings, const std::string& spec,
                       const PanelArguments& arguments, StopSignal& stop) {
  const std::string idle_text(settings.idle_text.empty() ? kFirstIdleText : settings.idle_text);
  TAMTAP_TRY(const auto trial,
             MakePanelTrial(spec, idle_text, {Print, WriteStandardScreen}, SystemClock()));
  TAMTAP_TRY(const std::string found, trial->Find());
  if (!settings.json) PrintLine(fmt::format("panel {}: {}", spec, found));
  // Lights and sounds are cut short as well.
  std::stop_source stopping;
  std::jthread waiting([&](const std::stop_token& done) {
    while (!done.stop_requested()) {
      if (stop.WaitFor(std::chrono::milliseconds(100)))
        return static_cast<void>(stopping.request_stop());
    }
  });
  const auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(arguments.seconds));
  for (size_t part = 0; part < trial->parts().size(); ++part) {
    SayPart(settings, spec, part, *trial);
    TAMTAP_RETURN_IF_ERROR(trial->Show(part, stopping.get_token()));
    if (stop.WaitFor(pause)) return false;
  }
  return true;
}

int TestPanels(const Settings& settings, const PanelArguments& arguments) {
  StopSignal stop;
  if (const auto free = CheckNoGateHere(settings); !free) return Fail(free.error());
  const std::vector<std::string> screen = {"screen"};
  int code = kDone;
  for (const std::string& spec : settings.panels.empty() ? screen : settings.panels) {
    const auto whole = GoThrough(settings, spec, arguments, stop);
    if (!whole) code = Fail(whole.error());  // the others are tried all the same
    if (whole && !*whole) break;
  }
  return code;
}

}  // namespace

void AddPanel(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const panel = app.add_subcommand("panel", "What people see and hear at a gate");
  panel->require_subcommand(1);
  CLI::App* const test = panel->add_subcommand(
      "test", "Show each text, light and sound in turn, and say what should be seen and heard");
  static PanelArguments arguments;
  AddCommonFlags(*test, settings);
  AddTerminalFlags(*test, settings);
  test->add_option("--seconds", arguments.seconds, "How long to wait before the next one")
      ->check(CLI::Range(0.0, 60.0))
      ->configurable(false)
      ->capture_default_str();
  test->callback([&] { action = [&] { return TestPanels(settings, arguments); }; });
}

}  // namespace tamtap::cli
