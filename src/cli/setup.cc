// tamtap setup: asks what this machine is for, or takes it from flags, writes the settings, and
// runs the commands that a person would run one after the other.
#include "cli/setup.h"

#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "base/text.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/own_command.h"
#include "cli/settings_file.h"
#include "cli/setup_devices.h"

namespace tamtap::cli {
namespace {

constexpr const char* kInstalledData = "/var/lib/tamtap";
constexpr size_t kMostInput = 64 << 10;

struct SetupArguments {
  SetupAnswers answers;
  std::string to = kInstalledSettings;
  bool password_stdin = false;
  bool start = false;
  bool no_questions = false;
};

// One line from whoever sits there; `otherwise` for an empty one.
std::string Ask(const std::string& question, const std::string& otherwise) {
  Print(otherwise.empty() ? fmt::format("{}: ", question)
                          : fmt::format("{} [{}]: ", question, otherwise));
  std::string line;
  if (!std::getline(std::cin, line)) return otherwise;
  const size_t begin = line.find_first_not_of(" \t\r");
  if (begin == line.npos) return otherwise;
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

bool AskWhether(const std::string& question) {
  const std::string answer = Ask(question + " (yes or no)", "yes");
  return answer.starts_with('y') || answer.starts_with('Y');
}

// The same without showing what is typed.
std::string AskSecret(const std::string& question) {
  termios before{};
  const bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (terminal) tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  std::string secret = Ask(question, "");
  if (terminal) tcsetattr(STDIN_FILENO, TCSANOW, &before);
  Print("\n");
  return secret;
}

void AskForDevices(const char* kind, const std::vector<FoundDevice>& found,
                   std::vector<std::string>& chosen) {
  if (!chosen.empty()) return;
  for (const FoundDevice& device : found) {
    if (AskWhether(fmt::format("Found {}: {}. Use it as a {}?", device.what, device.spec, kind))) {
      chosen.push_back(device.spec);
    }
  }
  while (chosen.empty()) {
    const std::string other = Ask(
        fmt::format("Another {}, as `tamtap terminal --help` names them; empty: none", kind), "");
    if (other.empty()) return;
    chosen.push_back(other);
  }
}

void AskAll(SetupAnswers& answers) {
  if (answers.role.empty()) {
    answers.role =
        Ask("What is this machine: both (the school's only one), server, or gate", "both");
  }
  const bool gate = answers.role != "server";
  if (answers.role == "gate") {
    if (answers.server.empty()) answers.server = Ask("The server's address", "");
    if (!answers.server.empty() && answers.token.empty()) {
      answers.token = Ask("The token that `tamtap terminals add NAME` printed on the server", "");
    }
  } else {
    if (answers.timezone.empty())
      answers.timezone = Ask("The school's time zone", std::string(kFirstTimezone));
    if (answers.listen.empty()) answers.listen = Ask("Where the server listens", "0.0.0.0:3000");
    while (answers.lists.empty()) {
      const std::string list =
          Ask("A list of people, CSV or Excel (docs/sheets.md); empty: later", "");
      if (list.empty()) break;
      answers.lists.push_back(list);
    }
    if (answers.account.empty()) answers.account = Ask("The administrator's name", "admin");
    if (answers.password.empty()) answers.password = AskSecret("Their password");
  }
  if (!gate) return;
  AskForDevices("card reader", ProposedReaders(), answers.readers);
  AskForDevices("panel", ProposedPanels(), answers.panels);
}

Result<> CheckAnswers(const SetupAnswers& answers) {
  const auto wrong = [](std::string what, std::string hint) {
    return Error{ErrorCode::kMisconfigured, std::move(what), 0, std::move(hint)};
  };
  if (answers.role != "gate" && answers.role != "server" && answers.role != "both") {
    return wrong(fmt::format("set up a '{}'", answers.role), "--role is gate, server or both");
  }
  if (answers.role != "gate" && !answers.server.empty()) {
    return wrong("set up a " + answers.role, "--server and --token are for a gate");
  }
  if (answers.server.empty() != answers.token.empty()) {
    return wrong("enrol this gate", "give both --server and --token, or neither");
  }
  if (!answers.account.empty() && answers.password.empty()) {
    return wrong("add the account " + answers.account, "its password comes with --password-stdin");
  }
  if (!answers.timezone.empty()) {
    if (const auto zone = TimeZone::Load(answers.timezone); !zone) return zone.error();
  }
  for (const std::string& list : answers.lists) {
    TAMTAP_TRY(const bool there, PosixDisk().Exists(list));
    if (!there) return wrong("read " + list, "there is no such file");
  }
  return {};
}

// Returns whether all of them did what they should.
bool RunCommands(const SetupAnswers& answers, const std::string& file) {
  bool fine = true;
  const auto run = [&](std::vector<std::string> words, const std::string& input = {}) {
    words.insert(words.begin(), {"--config", file});
    const auto code = RunOwnCommand(words, input);
    if (!code) Fail(code.error());
    fine &= code && *code == kDone;
  };
  if (answers.role == "gate") {
    if (!answers.token.empty()) {
      // The token is worth nothing once it is used, and is nowhere else in a list of processes.
      run({"enroll", answers.server, answers.token});
    }
    return fine;
  }
  if (!answers.timezone.empty()) run({"settings", "set", "timezone", answers.timezone});
  for (const std::string& list : answers.lists) run({"roster", "import", list});
  if (!answers.account.empty()) {
    run({"account", "add", answers.account, "--role", "admin", "--password-stdin"},
        answers.password + "\n");
  }
  return fine;
}

bool StartService(const std::string& unit) {
  std::error_code failed;
  if (!std::filesystem::is_directory("/run/systemd/system", failed)) {
    Complain("systemd does not run here; start it by hand: " + unit);
    return false;
  }
  const auto code = RunAndWait({"systemctl", "enable", "--now", unit});
  if (!code) Fail(code.error());
  return code && *code == 0;
}

int SetUp(const Settings& settings, SetupArguments& arguments) {
  SetupAnswers& answers = arguments.answers;
  answers.data = settings.data == Settings().data ? kInstalledData : settings.data;
  answers.readers =
      settings.readers == Settings().readers ? std::vector<std::string>() : settings.readers;
  answers.panels = settings.panels;
  answers.terminal_id = settings.terminal_id;
  answers.timezone = settings.timezone;
  answers.listen = settings.listen;
  if (arguments.password_stdin) {
    std::string typed(kMostInput, '\0');
    std::cin.read(typed.data(), static_cast<std::streamsize>(typed.size()));
    answers.password = typed.substr(0, static_cast<size_t>(std::cin.gcount()));
    answers.password.resize(std::min(answers.password.find('\n'), answers.password.size()));
  }
  const bool asks =
      !arguments.no_questions && !arguments.password_stdin && isatty(STDIN_FILENO) == 1;
  if (asks) AskAll(answers);
  if (answers.role.empty()) answers.role = "both";
  if (const auto checked = CheckAnswers(answers); !checked) return Fail(checked.error());
  const auto kept = WriteSettings(arguments.to, SettingsText(answers));
  if (!kept) return Fail(kept.error());
  PrintLine(fmt::format("{} is written{}", arguments.to,
                        kept->empty() ? "" : "; what was there is in " + *kept));
  bool fine = RunCommands(answers, arguments.to);
  if (asks && !answers.readers.empty() && AskWhether("Try the reader with a card now?")) {
    const auto tried = RunOwnCommand(
        {"--config", arguments.to, "reader", "test", "--cards", "1", "--seconds", "30"});
    if (!tried) Fail(tried.error());
  }
  const std::string unit = UnitForRole(answers.role);
  if (arguments.start ||
      (asks && AskWhether("Start " + unit + " now, and whenever this machine does?"))) {
    fine &= StartService(unit);
  } else {
    PrintLine("Next: systemctl enable --now " + unit);
  }
  return fine ? kDone : kProblem;
}

}  // namespace

void AddSetup(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command =
      app.add_subcommand("setup", "Set this machine up as a gate, a server or both");
  static SetupArguments arguments;
  AddCommonFlags(*command, settings);
  SetupAnswers& answers = arguments.answers;
  command->add_option("--role", answers.role, "gate, server or both")->configurable(false);
  command
      ->add_option("--timezone", settings.timezone,
                   "The school's time zone, an IANA name (default: Asia/Manila)")
      ->configurable(false);
  command
      ->add_option("--roster", answers.lists,
                   "A list of people or schedules, CSV or Excel; may be given more than once")
      ->take_all()
      ->configurable(false);
  command->add_option("--account", answers.account, "The first administrator's name")
      ->configurable(false);
  command
      ->add_flag("--password-stdin", arguments.password_stdin,
                 "Read their password from standard input")
      ->configurable(false);
  command->add_option("--server", answers.server, "Of a gate: the server's address")
      ->configurable(false);
  command
      ->add_option("--token", answers.token,
                   "Of a gate: what `tamtap terminals add NAME` printed on the server")
      ->configurable(false);
  command->add_option("--terminal-id", settings.terminal_id, "This gate's name")
      ->configurable(false);
  command->add_option("--listen", settings.listen, "HOST:PORT to listen on")->configurable(false);
  command->add_option("--reader", settings.readers, "A card reader, as of `tamtap terminal`")
      ->take_all()
      ->configurable(false);
  command->add_option("--panel", settings.panels, "A panel, as of `tamtap terminal`")
      ->take_all()
      ->configurable(false);
  command->add_option("--to", arguments.to, "The settings file to write")
      ->capture_default_str()
      ->configurable(false);
  command->add_flag("--start", arguments.start, "Start the service, now and at every start")
      ->configurable(false);
  command->add_flag("--no-questions", arguments.no_questions, "Ask nothing, also on a terminal")
      ->configurable(false);
  command->callback([&] { action = [&] { return SetUp(settings, arguments); }; });
}

}  // namespace tamtap::cli
