// A subcommand: one file each. Exit codes: 0 done, 1 found a problem, 2 usage.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "cli/settings.h"

namespace tamtap::cli {

inline constexpr int kDone = 0;
inline constexpr int kProblem = 1;
inline constexpr int kUsage = 2;

// What the chosen subcommand does once the command line is read.
using Action = std::function<int()>;

// Prints the error for a person and returns the exit code that belongs to it.
int Fail(const Error& error);
// Writes the text to standard output as a whole. Text that comes from others must be printed by
// PrintLine().
void Print(std::string_view text);
// Prints one line and its end. A newline in `line` is made visible, so that a name that contains
// one can't forge a second line.
void PrintLine(std::string_view line);
// The same on standard error.
void Complain(std::string_view line);

// The directory of this program. The files that were built with it are beside it.
std::filesystem::path ProgramDirectory();

// Shows on standard error how far a long command has come, if standard error is a terminal.
class Progress {
 public:
  // `total` is the number of steps; if it is 0, nothing is shown.
  Progress(std::string_view what, uint64_t total);
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void Step();

 private:
  const std::string what_;
  const uint64_t total_;
  const bool shown_;
  uint64_t done_ = 0;
  uint64_t shown_percent_ = UINT64_MAX;
};

void AddRun(CLI::App& app, Settings& settings, Action& action);
void AddTerminal(CLI::App& app, Settings& settings, Action& action);
void AddSetup(CLI::App& app, Settings& settings, Action& action);
void AddServer(CLI::App& app, Settings& settings, Action& action);
void AddJournal(CLI::App& app, Settings& settings, Action& action);
void AddRoster(CLI::App& app, Settings& settings, Action& action);
// To the command `roster`: what changes one person.
void AddRosterPeople(CLI::App& roster, Settings& settings, Action& action);
void AddCalendar(CLI::App& app, Settings& settings, Action& action);
void AddSchedule(CLI::App& app, Settings& settings, Action& action);
void AddSettings(CLI::App& app, Settings& settings, Action& action);
void AddAttendance(CLI::App& app, Settings& settings, Action& action);
void AddPhotos(CLI::App& app, Settings& settings, Action& action);
void AddBackup(CLI::App& app, Settings& settings, Action& action);
void AddAccount(CLI::App& app, Settings& settings, Action& action);
void AddTerminals(CLI::App& app, Settings& settings, Action& action);
void AddEnroll(CLI::App& app, Settings& settings, Action& action);
void AddButtons(CLI::App& app, Settings& settings, Action& action);
void AddPanel(CLI::App& app, Settings& settings, Action& action);
void AddReader(CLI::App& app, Settings& settings, Action& action);
void AddCamera(CLI::App& app, Settings& settings, Action& action);
// Words to guardians and staff.
void AddWords(CLI::App& app, Settings& settings, Action& action);
void AddDoctor(CLI::App& app, Settings& settings, Action& action);
void AddBench(CLI::App& app, Settings& settings, Action& action);
// For shells and the build, so that neither can say what this program does not do.
void AddComplete(CLI::App& app, Settings& settings, Action& action);
void AddManual(CLI::App& app, Settings& settings, Action& action);
void AddVersion(CLI::App& app, Settings& settings, Action& action);

}  // namespace tamtap::cli
