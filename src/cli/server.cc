// tamtap server: runs the HTTP API, the dashboard and the live feed until a signal comes.
// docs/architecture.md ("Reading the server") follows a request from here.
#include <fmt/core.h>

#include "base/step_thread.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/service.h"
#include "cli/serving.h"
#include "cli/stop_signal.h"

namespace tamtap::cli {
namespace {

constexpr std::chrono::milliseconds kOfferAgain{5'000};
constexpr std::chrono::milliseconds kOffered{3'600'000};

// Prints how the first administrator is made, if there is none yet. Returns false if that is not
// known, because the store of accounts does not answer.
bool OfferFirstAdmin(Serving& serving) {
  const auto path = serving.api().OfferFirstAdmin();
  if (!path) return false;
  if (!path->empty()) {
    Print(
        fmt::format("There is no administrator yet. Make the first one within an hour at {}{}\n"
                    "or type: tamtap account add NAME --role admin --password-stdin\n",
                    serving.public_url(), *path));
  }
  return true;
}

int RunServer(Settings& settings) {
  StopSignal stop;
  NeverWaitForReaders(settings);
  const auto choice = TakeCentral(settings, Role::kServer);
  if (!choice) return Fail(choice.error());
  if (const auto usable = Serving::Check(settings); !usable) return Fail(usable.error());
  // Nothing is changed on the disk before the lock is held.
  const auto lock = Serving::Lock(settings);
  if (!lock) return Fail(lock.error());
  RememberCentral(settings, *choice, Role::kServer);
  const auto serving = Serving::Start(settings, /*beside_gate=*/false);
  if (!serving) return Fail(serving.error());
  const std::string& url = (*serving)->public_url();
  Print(fmt::format("TamTap serves {}{}\n", url,
                    url == (*serving)->url() ? "" : ", on this machine " + (*serving)->url()));
  // If the accounts lie in a database that is away, the first one is offered when that answers.
  StepThread first_admin("the first administrator", [&, offered = false]() mutable {
    offered = offered || OfferFirstAdmin(**serving);
    return offered ? kOffered : kOfferAgain;
  });
  ServeUntil(stop, [&]() -> Liveness {
    const bool alive = (*serving)->Answers();
    return {alive, alive ? "serving " + (*serving)->url() : "the server's threads don't answer"};
  });
  (*serving)->Stop();
  return kDone;
}

}  // namespace

void AddServer(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command =
      app.add_subcommand("server", "Run the HTTP API, dashboard and live feed");
  AddCommonFlags(*command, settings);
  AddStoreFlags(*command, settings);
  AddServerFlags(*command, settings);
  command->callback([&] { action = [&] { return RunServer(settings); }; });
}

}  // namespace tamtap::cli
