// tamtap complete: what may stand at the end of a line that is being typed, a line each, with a tab
// and what it is for. The completions of the shells (packaging/completions) ask it, so that they
// know every command and flag of this very program.
#include <fmt/core.h>

#include <algorithm>

#include "cli/command.h"
#include "cli/command_tree.h"
#include "tap/school_settings.h"

namespace tamtap::cli {
namespace {

std::string Line(const std::string& word, const std::string& text) {
  return fmt::format("{}\t{}\n", word, text.substr(0, text.find('\n')));
}

// `words` are those behind "tamtap"; the last one is being typed.
std::string Completions(const CLI::App& app, std::vector<std::string> words) {
  if (words.empty()) words.emplace_back();
  const std::string typed = words.back();
  words.pop_back();
  const CLI::App* command = &app;
  const FlagText* waiting = nullptr;  // the flag whose value comes next
  std::vector<FlagText> flags = FlagsOf(*command);
  for (const std::string& word : words) {
    if (waiting != nullptr) {
      waiting = nullptr;
      continue;
    }
    const auto flag = std::find_if(flags.begin(), flags.end(),
                                   [&](const FlagText& each) { return each.name == word; });
    if (flag != flags.end() && !flag->value.empty()) {
      waiting = &*flag;
      continue;
    }
    for (const CLI::App* const each : CommandsOf(*command)) {
      if (each->get_name() != word) continue;
      command = each;
      flags = FlagsOf(*command);
      break;
    }
  }
  std::string found;
  if (waiting != nullptr) {
    for (const std::string& choice : waiting->choices) found += Line(choice, waiting->text);
    return found;
  }
  if (typed.starts_with('-')) {
    for (const FlagText& flag : flags) {
      if (flag.name.starts_with(typed)) found += Line(flag.name, flag.text);
    }
    return found;
  }
  if (words.size() == 2 && words[0] == "settings" && (words[1] == "get" || words[1] == "set")) {
    for (const SettingKey& key : SettingKeys()) {
      if (key.key.starts_with(typed)) found += Line(std::string(key.key), std::string(key.help));
    }
  }
  for (const CLI::App* const each : CommandsOf(*command)) {
    if (each->get_name().starts_with(typed))
      found += Line(each->get_name(), each->get_description());
  }
  return found;
}

}  // namespace

void AddComplete(CLI::App& app, Settings&, Action& action) {
  CLI::App* const command = app.add_subcommand("complete", "Say what may be typed next");
  command->group("");  // for shells
  const auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("words", *words, "The words of the line, behind --");
  command->callback([&app, &action, words] {
    action = [text = Completions(app, *words)] {
      Print(text);
      return kDone;
    };
  });
}

}  // namespace tamtap::cli
