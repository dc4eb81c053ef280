#include <fmt/core.h>

#include "cli/command.h"

namespace tamtap::cli {

void AddVersion(CLI::App& app, Settings& settings, Action& action) {
  app.set_version_flag("--version", "tamtap " TAMTAP_VERSION, "Print the version");
  CLI::App* const command = app.add_subcommand("version", "Print the version");
  AddCommonFlags(*command, settings);
  command->callback([&] {
    action = [&] {
      Print(settings.json ? fmt::format("{{\"version\":\"{}\"}}\n", TAMTAP_VERSION)
                          : fmt::format("tamtap {}\n", TAMTAP_VERSION));
      return kDone;
    };
  });
}

}  // namespace tamtap::cli
