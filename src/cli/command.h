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

// Prints the error for a person and returns the exit code that goes with it.
int Fail(const Error& error);
// Writes to standard output, whole. What others said goes in as a line: a name with a newline in it
// forges none.
void Print(std::string_view text);
// One line, whatever is in it, and its end.
void PrintLine(std::string_view line);
// The same on standard error.
void Complain(std::string_view line);

// Where this program is; what was built with it is beside it.
std::filesystem::path ProgramDirectory();

// Says on standard error how far a long command is, if a person is watching it there.
class Progress {
 public:
  // `total` steps are to come; 0: nothing is shown.
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
void AddServer(CLI::App& app, Settings& settings, Action& action);
void AddJournal(CLI::App& app, Settings& settings, Action& action);
void AddRoster(CLI::App& app, Settings& settings, Action& action);
void AddAccount(CLI::App& app, Settings& settings, Action& action);
void AddTerminals(CLI::App& app, Settings& settings, Action& action);
void AddEnroll(CLI::App& app, Settings& settings, Action& action);
void AddDoctor(CLI::App& app, Settings& settings, Action& action);
void AddBench(CLI::App& app, Settings& settings, Action& action);
void AddVersion(CLI::App& app, Settings& settings, Action& action);

}  // namespace tamtap::cli
