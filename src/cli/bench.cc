// `tamtap bench`: figures of this machine. The measuring programs are their own, since they hold
// what a user would pick instead (LevelDB, LMDB), which has no place in the binary that takes taps.
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "cli/command.h"

namespace tamtap::cli {
namespace {

struct Bench {
  const char* name;
  const char* program;
  const char* what;
  bool of_a_disk;  // takes --directory and --rounds
};

constexpr Bench kBenches[] = {
    {"append", "append_bench", "A durable append, beside the disk's limit and what else there is",
     true},
    {"history", "history_bench", "What a million records cost an append, a start and an export",
     true},
    {"cycle", "cycle_bench", "Each step of a tap, from a card in the field to SUCCESS", true},
    {"sync", "sync_bench", "From a tap to the central store, and how fast a backlog drains", false},
};

struct Arguments {
  std::string directory = ".";
  int rounds = 0;
  std::string photographs;  // a directory; empty: none
};

std::filesystem::path ProgramPath(const char* program) {
  std::error_code failed;
  auto built = ProgramDirectory() / "bench" / program;
  if (std::filesystem::exists(built, failed)) return built;
  return ProgramDirectory().parent_path() / "lib" / "tamtap" / program;
}

int Become(const Bench& bench, const Settings& settings, const Arguments& arguments) {
  const std::string path = ProgramPath(bench.program);
  std::vector<std::string> command = {path};
  if (bench.of_a_disk) command.insert(command.end(), {"--directory", arguments.directory});
  if (arguments.rounds > 0) {
    command.insert(command.end(), {"--rounds", std::to_string(arguments.rounds)});
  }
  if (!arguments.photographs.empty()) {
    command.insert(command.end(), {"--camera", arguments.photographs});
  }
  if (settings.json) command.emplace_back("--json");
  std::vector<char*> argv;
  for (std::string& each : command) argv.push_back(each.data());
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  Error error = ErrnoError(errno, "run " + path);
  error.hint = "it is built with the tests: make build";
  return Fail(error);
}

}  // namespace

void AddBench(CLI::App& app, Settings& settings, Action& action) {
  static Arguments arguments;
  CLI::App* const bench = app.add_subcommand("bench", "Measure this machine");
  bench->require_subcommand(1);
  for (const Bench& each : kBenches) {
    CLI::App* const command = bench->add_subcommand(each.name, each.what);
    AddCommonFlags(*command, settings);
    if (each.of_a_disk) {
      command
          ->add_option("--directory", arguments.directory, "A directory on the disk to be measured")
          ->capture_default_str();
      command->add_option("--rounds", arguments.rounds, "How often each is measured");
    }
    if (std::string_view(each.name) == "cycle") {
      command->add_option(
          "--photographs", arguments.photographs,
          "A directory of photographs with a face: measures taps with a camera, too");
    }
    command->callback([&] { action = [&] { return Become(each, settings, arguments); }; });
  }
}

}  // namespace tamtap::cli
