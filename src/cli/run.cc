// tamtap run: server and terminal in one process.
#include <fmt/core.h>

#include "base/log.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/credentials_file.h"
#include "cli/demo_school.h"
#include "cli/serving.h"
#include "cli/stop_signal.h"
#include "server/credentials.h"
#include "sync/forwarding_store.h"

namespace tamtap::cli {
namespace {

constexpr const char* kDemoAccount = "demo";

// The server's own store, as this process' sync uses it: what it stores, pages hear of at once.
class ToldStore final : public ForwardingStore {
 public:
  ToldStore(CentralStore& store, ApiServer& api) : ForwardingStore(store), api_(api) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    auto outcomes = ForwardingStore::Store(records);
    if (!outcomes) return outcomes;
    std::vector<Record> arrived;
    for (size_t i = 0; i < records.size(); ++i) {
      if ((*outcomes)[i].kind == OutcomeKind::kStored) arrived.push_back(records[i]);
    }
    api_.NoteStored(arrived);
    return outcomes;
  }

 private:
  ApiServer& api_;
};

// This process' terminal is enrolled with this process' server, anew at every start.
Result<std::string> EnrollHere(IdentityStore& identity, const std::string& terminal) {
  TAMTAP_TRY(const TerminalToken token,
             NewTerminalToken(identity, SystemRandom(), SystemClock(), terminal));
  TAMTAP_TRY(TerminalSecret enrolled, Enroll(identity, SystemRandom(), SystemClock(), token.token));
  return std::move(enrolled.secret);
}

Result<std::string> OneTimeLogin(IdentityStore& identity) {
  const std::string password = SystemRandom().Hex(6);
  TAMTAP_TRY(const auto there, identity.FindAccount(kDemoAccount));
  if (there) {
    TAMTAP_RETURN_IF_ERROR(ChangePassword(identity, kDemoAccount, password));
  } else {
    TAMTAP_RETURN_IF_ERROR(AddAccount(identity, kDemoAccount, AccountRole::kAdmin, {}, password));
  }
  return password;
}

Result<> Welcome(const Settings& settings, Serving& serving) {
  Print(fmt::format("\n  TamTap is running.\n\n  Dashboard  {}\n", serving.url()));
  if (settings.demo) {
    TAMTAP_TRY(const std::string password, OneTimeLogin(serving.identity()));
    Print(
        fmt::format("  Sign in    {} / {}   (this run's only)\n\n  Taps arrive by themselves. Type "
                    "a card id to tap it, Ctrl-C to stop.\n  Some cards are in {}\n\n",
                    kDemoAccount, password, JoinPath(settings.data, "demo-cards.txt")));
    return {};
  }
  TAMTAP_TRY(const auto accounts, serving.identity().Accounts());
  if (accounts.empty()) {
    Print("  Nobody can sign in yet: tamtap account add NAME --role admin --password-stdin\n");
  }
  Print("\n");
  return {};
}

Result<std::unique_ptr<Terminal>> StartTerminal(const Settings& settings, Serving& serving) {
  TAMTAP_TRY(TerminalParts parts, MakeTerminalParts(settings));
  parts.store = std::make_unique<ToldStore>(serving.store(), serving.api());
  TerminalOptions options = MakeTerminalOptions(settings);
  TAMTAP_TRY(options.notify_secret, EnrollHere(serving.identity(), options.terminal_id));
  TAMTAP_TRY(http::Url url,
             http::Url::Parse(settings.notify.empty() ? serving.url() : settings.notify));
  parts.notify_client = http::MakeClient(std::move(url));
  return Terminal::Start(std::move(options), std::move(parts), PosixDisk(), SystemClock(),
                         SystemRandom());
}

int Run(Settings& settings) {
  StopSignal stop;
  if (const auto settled = SettleCentral(settings, Role::kBoth); !settled) {
    return Fail(settled.error());
  }
  if (settings.demo) {
    const auto zone = TimeZone::Load(settings.timezone);
    if (!zone) return Fail(zone.error());
    const auto cards = MakeDemoSchool(settings.data, *zone, SystemClock());
    if (!cards) return Fail(cards.error());
    if (settings.reader == "stdin") settings.reader = "demo:" + *cards;
    if (settings.terminal_id.empty()) settings.terminal_id = "main-gate";
  }
  const std::string host = settings.demo ? "127.0.0.1" : "0.0.0.0";
  const auto serving = Serving::Start(settings, host, /*any_port_will_do=*/settings.demo);
  if (!serving) return Fail(serving.error());
  if (!settings.tls_certificate.empty() && settings.notify.empty()) {
    LogInfo("pages hear of taps by the sync: notifying oneself over TLS needs --notify");
  }
  if (const auto welcomed = Welcome(settings, **serving); !welcomed) return Fail(welcomed.error());
  const auto terminal = StartTerminal(settings, **serving);
  if (!terminal) return Fail(terminal.error());
  if (settings.exit_on_eof) (*terminal)->OnEndOfInput([&stop] { stop.Raise(); });
  stop.Wait();
  StopOrExit(**terminal);
  (*serving)->Stop();
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
