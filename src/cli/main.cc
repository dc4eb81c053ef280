// tamtap: one binary, a small file a subcommand.
#include <fmt/core.h>
#include <malloc.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/descriptor_limit.h"
#include "base/log.h"
#include "base/output.h"
#include "base/visible.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/credential.h"
#include "cli/settings_file.h"

namespace {

// The settings file of an installed program that was not told where an installation is. `setup` is
// about to write it, and a demo must never get into a school's records.
std::string SettingsFor(const std::vector<std::string>& given) {
  if (tamtap::cli::ProgramDirectory() != "/usr/bin") return {};
  for (const std::string& word : given) {
    for (const char* const own : {"--config", "--data", "--demo"}) {
      if (word == own || word.starts_with(std::string(own) + "=")) return {};
    }
    if (word == "setup" || word == "--help" || word == "-h" || word == "--version") return {};
  }
  return tamtap::cli::kInstalledSettings;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tamtap;
  using namespace tamtap::cli;
#ifdef M_ARENA_MAX
  // glibc has a heap for nearly each thread, and each heap keeps the memory that its largest answer
  // once took. With two heaps a server with eleven gates needs half as much, which matters on
  // machines with 1 GB.
  mallopt(M_ARENA_MAX, 2);
#endif
  // The memory of large answers is returned to the system at once, and not kept by the heap.
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
  RaiseDescriptorLimit();
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output may leave; writes then fail with EPIPE
  // libmongoc keeps counters in /dev/shm; if that is full, they would end the process. The variable
  // is set here, before any other thread can read the environment.
  setenv("MONGOC_DISABLE_SHM", "1", 0);

  Settings settings;
  Action action;
  auto parser = std::make_unique<CLI::App>(
      "TamTap: attendance for places with bad networks. Write first, sync later.", "tamtap");
  CLI::App& app = *parser;
  app.require_subcommand(1);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  for (const auto add :
       {AddRun,      AddSetup,    AddTerminal,   AddServer, AddJournal, AddRoster,  AddSchedule,
        AddCalendar, AddSettings, AddAttendance, AddPhotos, AddBackup,  AddAccount, AddTerminals,
        AddEnroll,   AddButtons,  AddPanel,      AddReader, AddCamera,  AddDoctor,  AddWords,
        AddBench,    AddVersion,  AddComplete,   AddManual}) {
    add(app, settings, action);
  }

  const std::vector<std::string> given(argv + 1, argv + argc);
  if (const auto text = CheckText(given); !text) {
    Fail(text.error());
    return kUsage;
  }
  const auto file = SettingsFile::AddTo(app, SettingsFor(given));
  try {
    // The library takes them last first.
    app.parse(std::vector<std::string>(given.rbegin(), given.rend()));
  } catch (const CLI::ConfigError& error) {
    Complain(fmt::format("tamtap: {}", WithoutSecretsInWords(error.what())));
    return kUsage;
  } catch (const CLI::FileError& error) {
    Complain(fmt::format("tamtap: {}; say with --config where the settings are", error.what()));
    return kUsage;
  } catch (const CLI::ParseError& error) {
    std::ostringstream output;
    std::ostringstream complaint;  // which quotes the arguments, and a URI may be among them
    const int code = app.exit(error, output, complaint);
    Print(output.str());
    WriteStandardError(WithoutSecretsInWords(file->WithPlace(complaint.str())));
    return code == 0 ? kDone : kUsage;
  }
  // It holds the flags of all commands, and a gate runs for months.
  parser.reset();
  malloc_trim(0);
  if (const auto level = SetLogLevel(settings.log_level); !level) return Fail(level.error());
  if (const auto resolved = ResolveCredentials(settings); !resolved) return Fail(resolved.error());
  const int code = action();
  LetReadersCatchUp();
  return code;
}
