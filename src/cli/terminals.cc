// tamtap terminals add | list | revoke | void, and the other side of it: tamtap enroll.
#include <fmt/core.h>

#include <boost/json.hpp>

#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/compose.h"
#include "cli/credentials_file.h"
#include "cli/master.h"
#include "http/our_server.h"
#include "server/credentials.h"
#include "server/voiding.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

struct Arguments {
  std::string name;
  std::string server;
  std::string token;
  std::string since;
};

// In UTC: for people of any time zone.
std::string UtcText(WallTime time) {
  if (time == WallTime{}) return {};
  static const Result<TimeZone> utc = TimeZone::Load("Etc/UTC");
  return utc ? utc->ToLocal(time).iso : std::string();
}

Result<> Add(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  TAMTAP_TRY(const TerminalToken token,
             NewTerminalToken(*identity, SystemRandom(), SystemClock(), arguments.name));
  NoteCommand(settings, "let a gate in", arguments.name, "a token for an hour");
  Print(settings.json ? json::serialize(json::object{{"token", token.token},
                                                     {"expires", UtcText(token.expires)}}) +
                            "\n"
                      : token.token + "\n");
  return {};
}

Result<> List(const Settings& settings, const Arguments&) {
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  TAMTAP_TRY(const auto terminals, identity->Terminals());
  json::array list;
  for (const TerminalRow& terminal : terminals) {
    const char* state = terminal.secret_hash.empty() ? "waiting" : "enrolled";
    if (terminal.revoked) state = "revoked";
    const std::string seen = UtcText(terminal.last_seen);
    if (settings.json) {
      list.push_back({{"name", terminal.name},
                      {"label", terminal.Called()},
                      {"state", state},
                      {"last_seen", seen.empty() ? json::value() : json::value(seen)}});
    } else {
      PrintLine(fmt::format("{:<32}  {:<8}  {:<29}  {}", terminal.name, state,
                            seen.empty() ? "never" : seen, terminal.label));
    }
  }
  if (settings.json) Print(json::serialize(list) + "\n");
  return {};
}

Result<> Revoke(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  TAMTAP_RETURN_IF_ERROR(identity->RevokeTerminal(arguments.name));
  NoteCommand(settings, "shut a gate out", arguments.name,
              "its secret is good for nothing any more");
  PrintLine(
      fmt::format("terminal {} is revoked; it goes on recording, and can't send", arguments.name));
  return {};
}

Result<> Void(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(const TimeZone zone, SchoolsZone(settings));
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  Settings own = settings;
  TAMTAP_TRY(const CentralChoice choice, ChooseCentral(settings, Role::kServer));
  own.central = choice.central;
  own.mongodb_name = choice.mongodb_name;
  TAMTAP_TRY(const auto store, OpenSchoolStore(own));
  VoidRequest request;
  request.terminal = arguments.name;
  request.since = arguments.since;
  request.now = SystemClock().Now();
  request.today = zone.ToLocal(request.now).day;
  request.by = "the server's own machine";
  if (request.since > request.today) {
    return Error{ErrorCode::kRejected, "void the records of " + request.terminal, 0,
                 "that day is yet to come"};
  }
  TAMTAP_TRY(const VoidedRecords voided, VoidRecords(*store, *identity, request));
  if (settings.json) {
    Print(json::serialize(json::object{{"taps", voided.taps}, {"days", voided.days}}) + "\n");
    return {};
  }
  Print(
      fmt::format("{} taps of {} on {} days are void; they are kept apart, and the days are "
                  "derived again from the taps of other gates\n",
                  voided.taps, arguments.name, voided.days));
  return {};
}

// So that the gate knows its people when it starts, whatever the network does then.
void FetchSchool(const Settings& settings) {
  auto master = Master::Open(settings);
  const auto seen = master ? master->See() : Result<Master::Seen>(master.error());
  if (!seen) {
    Complain(fmt::format("tamtap: {}; the gate fetches the school when it starts",
                         seen.error().Message()));
  } else if (!seen->note.empty()) {
    Complain(fmt::format("tamtap: {}", seen->note));
  } else {
    Print(fmt::format("{} people and {} schedules came from the server\n",
                      seen->school.people.size(), seen->school.schedules.size()));
  }
}

Result<> EnrollAt(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(http::Url url, http::Url::Parse(arguments.server));
  http::OurServer server(http::MakeClient(std::move(url)));
  http::Request request;
  request.method = "POST";
  request.target = "/api/terminal/enroll";
  request.headers = {{"Content-Type", "application/json"}};
  json::object asked{{"token", arguments.token}};
  // A terminal that gets another name says so, by what its former secret's hash is: enough to prove
  // that it is the same one, and of no use to a server that does not know it.
  if (const auto former = LoadCredentials(settings.CredentialsPath()); former && *former) {
    asked.emplace("former_secret_sha256", HashSecret((*former)->secret));
  }
  request.body = json::serialize(asked);
  TAMTAP_TRY(const http::Response response, server.Ask(std::move(request)));
  boost::system::error_code failed;
  const json::value value = json::parse(response.body, failed);
  const json::object* const body = failed ? nullptr : value.if_object();
  const json::value* const terminal = body == nullptr ? nullptr : body->if_contains("terminal");
  const json::value* const secret = body == nullptr ? nullptr : body->if_contains("secret");
  const bool complete =
      terminal != nullptr && terminal->is_string() && secret != nullptr && secret->is_string();
  if (response.status != 200 || !complete) {
    return Error{ErrorCode::kDenied,
                 fmt::format("enroll at {}: it answered {}", arguments.server, response.status), 0,
                 "ask for a new token there: tamtap terminals add NAME"};
  }
  const Credentials credentials{arguments.server, json::value_to<std::string>(*terminal),
                                json::value_to<std::string>(*secret)};
  TAMTAP_RETURN_IF_ERROR(SaveCredentials(settings.CredentialsPath(), credentials));
  TAMTAP_TRY(const std::string before, RememberServer(settings, arguments.server));
  if (!before.empty()) {
    PrintLine(
        fmt::format("this gate moves from {} to {}: taps that are missing there are sent to it",
                    before, arguments.server));
  }
  PrintLine(fmt::format("enrolled as {}; start it with: tamtap terminal --data {}",
                        credentials.terminal, settings.data));
  FetchSchool(settings);
  return {};
}

Action Doing(Settings& settings, const Arguments& arguments,
             Result<> (*run)(const Settings&, const Arguments&)) {
  return [&settings, &arguments, run] {
    const auto done = run(settings, arguments);
    return done ? kDone : Fail(done.error());
  };
}

Arguments& TheArguments() {
  static Arguments arguments;
  return arguments;
}

}  // namespace

void AddTerminals(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const terminals = app.add_subcommand("terminals", "Which gates may send here");
  terminals->require_subcommand(1);
  const auto add = [&](const char* name, const char* what,
                       Result<> (*run)(const Settings&, const Arguments&)) {
    CLI::App* const command = terminals->add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddStoreFlags(*command, settings);
    command->callback([&action, &settings, run] { action = Doing(settings, TheArguments(), run); });
    return command;
  };
  add("add", "Print a one-time token for a terminal, good for an hour", Add)
      ->add_option("NAME", TheArguments().name, "The terminal's name")
      ->required();
  add("list", "Print the terminals", List);
  add("revoke", "Refuse a terminal from now on", Revoke)
      ->add_option("NAME", TheArguments().name, "The terminal's name")
      ->required();
  CLI::App* const voiding =
      add("void", "Take what a revoked terminal recorded out of the attendance", Void);
  voiding->add_option("NAME", TheArguments().name, "The terminal's name")->required();
  voiding->add_option("--since", TheArguments().since, "The first day, YYYY-MM-DD")->required();
}

void AddEnroll(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command =
      app.add_subcommand("enroll", "Exchange a one-time token for this terminal's credentials");
  AddCommonFlags(*command, settings);
  command->add_option("SERVER_URL", TheArguments().server, "http(s)://SERVER")->required();
  command->add_option("TOKEN", TheArguments().token, "What `tamtap terminals add` printed")
      ->required();
  command->callback([&] { action = Doing(settings, TheArguments(), EnrollAt); });
}

}  // namespace tamtap::cli
