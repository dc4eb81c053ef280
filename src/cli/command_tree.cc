#include "cli/command_tree.h"

#include <algorithm>

namespace tamtap::cli {
namespace {

// CLI11 writes the values that it checks for behind the type: "TEXT:{system,rtc}".
std::vector<std::string> ChoicesIn(const std::string& type) {
  const size_t begin = type.find('{');
  const size_t end = type.find('}');
  std::vector<std::string> choices;
  if (begin == type.npos || end == type.npos || end < begin) return choices;
  std::string one;
  for (const char c : type.substr(begin + 1, end - begin - 1) + ",") {
    if (c != ',') {
      one += c;
    } else if (!one.empty()) {
      choices.push_back(std::exchange(one, {}));
    }
  }
  return choices;
}

std::string ValueOf(const CLI::Option& option, const std::vector<std::string>& choices) {
  if (option.get_expected_max() == 0 || option.get_type_size_max() == 0) return {};
  if (!choices.empty()) return CLI::detail::join(choices, "|");
  const std::string type = option.get_type_name();
  return type.starts_with("INT") || type.starts_with("UINT") ? "NUMBER" : "TEXT";
}

FlagText TextOf(const CLI::Option& option) {
  FlagText flag;
  const bool argument = option.get_lnames().empty() && option.get_snames().empty();
  flag.name = argument                       ? option.get_name(true)
              : !option.get_lnames().empty() ? "--" + option.get_lnames().front()
                                             : "-" + option.get_snames().front();
  std::transform(flag.name.begin(), flag.name.end(), flag.name.begin(), [&](char c) {
    return argument ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
  });
  flag.text = option.get_description();
  flag.environment = option.get_envname();
  flag.choices = ChoicesIn(option.get_type_name());
  flag.value = argument ? std::string() : ValueOf(option, flag.choices);
  flag.otherwise = flag.value.empty() ? std::string() : option.get_default_str();
  flag.repeatable = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  flag.in_file = !argument && option.get_configurable();
  return flag;
}

}  // namespace

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) commands.push_back(command);
  }
  return commands;
}

std::vector<FlagText> FlagsOf(const CLI::App& command) {
  std::vector<FlagText> flags;
  for (const CLI::Option* const option : command.get_options()) {
    const FlagText flag = TextOf(*option);
    if (flag.name == "--help" || flag.name == "-h" || flag.name == "--version") continue;
    if (option->get_group().empty()) continue;
    flags.push_back(flag);
  }
  std::stable_partition(flags.begin(), flags.end(),
                        [](const FlagText& flag) { return !flag.name.starts_with('-'); });
  return flags;
}

void ForEachCommand(
    const CLI::App& app,
    const std::function<void(const std::string& words, const CLI::App& command)>& visit) {
  const auto walk = [&](const auto& self, const CLI::App& command,
                        const std::string& words) -> void {
    const auto below = CommandsOf(command);
    if (below.empty()) visit(words, command);
    for (const CLI::App* const each : below) self(self, *each, words + " " + each->get_name());
  };
  walk(walk, app, app.get_name());
}

}  // namespace tamtap::cli
