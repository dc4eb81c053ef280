// The commands and flags of this program as CLI11 knows them, for what is made from them: the
// manual pages, the completion of shells, and the check of settings files.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace tamtap::cli {

struct FlagText {
  std::string name;  // "--panel", or "FILE" of an argument without a flag
  std::string text;
  std::string environment;           // the variable that stands for it; may be empty
  std::string value;                 // "" of a flag without one, else "TEXT", "NUMBER", "one|other"
  std::vector<std::string> choices;  // if there are only these
  std::string otherwise;             // its value if nobody says one; may be empty
  bool repeatable = false;
  bool in_file = false;  // a settings file may say it
};

// Commands that people call, in the order in which they were added.
std::vector<const CLI::App*> CommandsOf(const CLI::App& app);
// Arguments first. Without --help, --help-all and --version.
std::vector<FlagText> FlagsOf(const CLI::App& command);
// "tamtap journal list" of each command that does something, with it.
void ForEachCommand(
    const CLI::App& app,
    const std::function<void(const std::string& words, const CLI::App& command)>& visit);

}  // namespace tamtap::cli
