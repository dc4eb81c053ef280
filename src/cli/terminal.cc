// tamtap terminal: one gate.
#include <fmt/core.h>

#include <cstdlib>

#include "base/log.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/credentials_file.h"
#include "cli/power_guard.h"
#include "cli/service.h"
#include "cli/stop_signal.h"

namespace tamtap::cli {
namespace {

// What this gate was enrolled with. Credentials that can't be read stop no gate: taps are taken,
// and the sync goes on saying what is wrong with them.
std::optional<Credentials> KnownCredentials(const Settings& settings) {
  auto credentials = LoadCredentials(settings.CredentialsPath());
  if (credentials) return *std::move(credentials);
  LogWarning("{}; taps are taken, and stay here until it is mended", credentials.error().Message());
  return std::nullopt;
}

// Photos follow the taps where our server takes both, from terminals that it knows.
Result<> AddPhotoUplink(const Settings& settings, const TerminalOptions& options,
                        TerminalParts& parts) {
  if (!settings.central.starts_with("http") || options.photo_secret.empty()) return {};
  TAMTAP_TRY(parts.photo_client, MakeServerClient(settings.central));
  return {};
}

// Empty: nobody is notified.
std::string NotifyUrl(const Settings& settings) {
  if (!settings.notify.empty()) return settings.notify;
  if (const char* const old_name = std::getenv("API_URL")) return old_name;
  return settings.central.starts_with("http") ? settings.central : std::string();
}

bool IsSameServer(const std::string& a, const std::string& b) {
  const auto first = http::Url::Parse(a);
  const auto second = http::Url::Parse(b);
  return first && second && first->tls == second->tls && first->host == second->host &&
         first->port == second->port;
}

// The secret is for the server that gave it, and for the one that keeps the taps: any other that is
// notified needs none, and could use it.
std::string SecretFor(const std::string& url, const Settings& settings,
                      const Credentials& credentials) {
  const bool known = IsSameServer(url, credentials.server) || IsSameServer(url, settings.central);
  return known ? credentials.secret : std::string();
}

Result<std::unique_ptr<Terminal>> Start(const Settings& settings, std::unique_ptr<DiskLock> lock) {
  TAMTAP_TRY(TerminalParts parts, MakeTerminalParts(settings));
  parts.journal_lock = std::move(lock);
  TAMTAP_TRY(parts.store, OpenCentralStoreLater(settings));
  TerminalOptions options = MakeTerminalOptions(settings);
  const std::string notified = NotifyUrl(settings);
  if (!notified.empty()) {
    TAMTAP_TRY(http::Url parsed, http::Url::Parse(notified));
    parts.notify_client = http::MakeClient(std::move(parsed));
  }
  if (const auto credentials = KnownCredentials(settings)) {
    // An enrolled terminal has the name that it was enrolled under.
    if (settings.terminal_id.empty()) options.terminal_id = credentials->terminal;
    options.notify_secret = SecretFor(notified, settings, *credentials);
    options.photo_secret = credentials->secret;
  }
  TAMTAP_RETURN_IF_ERROR(AddPhotoUplink(settings, options, parts));
  return Terminal::Start(std::move(options), std::move(parts), PosixDisk(), MachineClock(settings),
                         SystemRandom());
}

int RunTerminal(Settings& settings) {
  StopSignal stop;
  NeverWaitForReaders(settings);
  const auto power = PowerGuard::Make(settings, stop);
  if (!power) return Fail(power.error());
  const auto choice = TakeCentral(settings, Role::kGate);
  if (!choice) return Fail(choice.error());
  // Nothing is changed before it is held.
  auto lock = journal::Journal::Lock(settings.JournalDirectory(), PosixDisk());
  if (!lock) return Fail(lock.error());
  RememberCentral(settings, *choice, Role::kGate);
  auto terminal = Start(settings, *std::move(lock));
  if (!terminal) return Fail(terminal.error());
  ServeUntil(stop, settings, **power, **terminal);
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
