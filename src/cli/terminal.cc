// tamtap terminal: one gate.
#include <fmt/core.h>

#include <cstdlib>

#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/credentials_file.h"
#include "cli/stop_signal.h"

namespace tamtap::cli {
namespace {

// Photos follow the taps where our server takes both, from terminals that it knows.
Result<> AddPhotoUplink(const Settings& settings, const TerminalOptions& options,
                        TerminalParts& parts) {
  if (!settings.central.starts_with("http") || options.notify_secret.empty()) return {};
  TAMTAP_TRY(parts.photo_client, MakeServerClient(settings.central));
  return {};
}

Result<> AddNotify(const Settings& settings, TerminalParts& parts, TerminalOptions& options) {
  std::string url = settings.notify;
  if (url.empty()) {
    if (const char* const old_name = std::getenv("API_URL")) url = old_name;
  }
  if (url.empty() && settings.central.starts_with("http")) url = settings.central;
  if (url.empty()) return {};
  TAMTAP_TRY(http::Url parsed, http::Url::Parse(url));
  parts.notify_client = http::MakeClient(std::move(parsed));
  TAMTAP_TRY(const auto credentials, LoadCredentials(settings.CredentialsPath()));
  if (credentials) options.notify_secret = credentials->secret;
  return {};
}

Result<std::unique_ptr<Terminal>> Start(const Settings& settings) {
  TAMTAP_TRY(TerminalParts parts, MakeTerminalParts(settings));
  TAMTAP_TRY(parts.store, OpenCentralStoreLater(settings));
  TerminalOptions options = MakeTerminalOptions(settings);
  if (settings.terminal_id.empty()) {
    // An enrolled terminal has the name that it was enrolled under.
    TAMTAP_TRY(const auto credentials, LoadCredentials(settings.CredentialsPath()));
    if (credentials) options.terminal_id = credentials->terminal;
  }
  TAMTAP_RETURN_IF_ERROR(AddNotify(settings, parts, options));
  TAMTAP_RETURN_IF_ERROR(AddPhotoUplink(settings, options, parts));
  return Terminal::Start(std::move(options), std::move(parts), PosixDisk(), MachineClock(settings),
                         SystemRandom());
}

int RunTerminal(Settings& settings) {
  StopSignal stop;
  NeverWaitForReaders(settings);
  // What can never work is not remembered either.
  if (const auto usable = CheckCentralStore(settings); !usable) return Fail(usable.error());
  if (const auto settled = SettleCentral(settings, Role::kGate); !settled) {
    return Fail(settled.error());
  }
  auto terminal = Start(settings);
  if (!terminal) return Fail(terminal.error());
  if (settings.exit_on_eof) (*terminal)->OnEndOfInput([&stop] { stop.Raise(); });
  stop.Wait();
  StopOrExit(**terminal);
  return kDone;
}

}  // namespace

void AddTerminal(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command = app.add_subcommand("terminal", "Run one gate");
  AddCommonFlags(*command, settings);
  AddStoreFlags(*command, settings);
  AddTerminalFlags(*command, settings);
  command->callback([&] { action = [&] { return RunTerminal(settings); }; });
}

}  // namespace tamtap::cli
