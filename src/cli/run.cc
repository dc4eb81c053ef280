// tamtap run: server and terminal in one process.
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/demo_school.h"
#include "cli/master.h"
#include "cli/own_server.h"
#include "cli/power_guard.h"
#include "cli/service.h"
#include "cli/stop_signal.h"
#include "sync/deferred_store.h"

namespace tamtap::cli {
namespace {

Result<std::unique_ptr<Terminal>> StartTerminal(const Settings& settings, OwnServer& server,
                                                std::unique_ptr<DiskLock> lock) {
  TAMTAP_TRY(TerminalParts parts, MakeTerminalParts(settings));
  parts.journal_lock = std::move(lock);
  parts.store = std::make_unique<DeferredStore>([&server] { return server.OpenStore(); });
  TerminalOptions options = MakeTerminalOptions(settings);
  options.notify_secret = server.secret();
  if (settings.notify.empty()) {
    parts.notify_client = server.MakeClient();
  } else {
    TAMTAP_TRY(http::Url url, http::Url::Parse(settings.notify));
    parts.notify_client = http::MakeClient(std::move(url));
  }
  return Terminal::Start(std::move(options), std::move(parts), PosixDisk(), MachineClock(settings),
                         SystemRandom());
}

int Run(Settings& settings) {
  StopSignal stop;
  NeverWaitForReaders(settings);
  const auto power = PowerGuard::Make(settings, stop);
  if (!power) return Fail(power.error());
  const auto choice = TakeCentral(settings, Role::kBoth);
  if (!choice) return Fail(choice.error());
  if (const auto usable = Serving::Check(settings); !usable) return Fail(usable.error());
  // Nothing is changed on the disk before the gate's lock is held. If another process runs a server
  // in this directory, the gate takes taps and waits for that process to end.
  auto gate_lock = journal::Journal::Lock(settings.JournalDirectory(), PosixDisk());
  if (!gate_lock) return Fail(gate_lock.error());
  auto server_lock = Serving::Lock(settings);
  RememberCentral(settings, *choice, server_lock ? Role::kBoth : Role::kGate);
  if (settings.demo) {
    const auto zone = SchoolsZone(settings);
    if (!zone) return Fail(zone.error());
    const auto cards = MakeDemoSchool(settings, *zone, SystemClock());
    if (!cards) return Fail(cards.error());
    if (settings.readers == std::vector<std::string>{"stdin"})
      settings.readers = {"demo:" + *cards};
    if (settings.terminal_id.empty()) settings.terminal_id = "main-gate";
  }
  OwnServer server(settings, MakeTerminalOptions(settings).terminal_id,
                   server_lock ? *std::move(server_lock) : nullptr);
  const auto terminal = StartTerminal(settings, server, *std::move(gate_lock));
  if (!terminal) return Fail(terminal.error());
  ServeUntil(stop, settings, **power, **terminal);
  server.Stop();
  return kDone;
}

}  // namespace

void AddRun(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command = app.add_subcommand("run", "Run server and terminal in one process");
  AddCommonFlags(*command, settings);
  AddStoreFlags(*command, settings);
  AddTerminalFlags(*command, settings);
  AddServerFlags(*command, settings);
  command->add_flag("--demo", settings.demo, "A demo school whose taps arrive by themselves");
  command->callback([&] { action = [&] { return Run(settings); }; });
}

}  // namespace tamtap::cli
