#include "cli/settings_file.h"

#include <fmt/core.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace tamtap::cli {
namespace {

constexpr const char* kHelp = "Settings from a TOML file; flags go before it";

struct Setting {
  std::string flag;  // "--camera-required"
  size_t line = 0;
  std::vector<std::string> values;
};

CLI::ConfigError Refusal(const std::string& path, size_t line, std::string_view why) {
  return CLI::ConfigError(fmt::format("read {}, line {}: {}", path, line, why));
}

// As it would be given on the command line; nothing for what is no value.
std::optional<std::string> TextOf(const toml::node& node) {
  if (!node.is_value()) return std::nullopt;
  if (auto text = node.value_exact<std::string>()) return text;
  std::ostringstream written;
  written << std::boolalpha;
  node.visit([&](const auto& each) {
    if constexpr (toml::is_value<decltype(each)>) written << each;
  });
  return written.str();
}

void Flatten(const toml::table& table, const std::string& prefix, const std::string& path,
             std::vector<Setting>& out) {
  for (const auto& [key, node] : table) {
    std::string flag = prefix + std::string(key.str());
    std::replace(flag.begin(), flag.end(), '_', '-');
    const size_t line = key.source().begin.line;
    if (const toml::table* const nested = node.as_table()) {
      Flatten(*nested, flag + "-", path, out);
      continue;
    }
    Setting setting{std::move(flag), line, {}};
    const auto add = [&](const toml::node& each) {
      auto text = TextOf(each);
      if (!text) throw Refusal(path, line, "write a value, or a list of values");
      setting.values.push_back(*std::move(text));
    };
    if (const toml::array* const list = node.as_array()) {
      for (const toml::node& each : *list) add(each);
    } else {
      add(node);
    }
    out.push_back(std::move(setting));
  }
}

std::vector<Setting> SettingsIn(std::istream& input, const std::string& path) {
  const std::string bytes{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
  const auto text = DecodeUnicode(bytes, path);
  if (!text) throw CLI::ConfigError(text.error().Message());
  std::vector<Setting> settings;
  try {
    Flatten(toml::parse(std::string_view(*text), path), "--", path, settings);
  } catch (const toml::parse_error& error) {
    throw Refusal(path, error.source().begin.line,
                  fmt::format("{}; see examples/tamtap.toml", error.description()));
  }
  return settings;
}

// The flag of `command` itself that a file may set; null: it has none of that name.
const CLI::Option* FlagOf(const CLI::App& command, const std::string& flag) {
  const CLI::Option* const option = command.get_option_no_throw(flag);
  return option != nullptr && option->get_configurable() ? option : nullptr;
}

void AddFlagsOf(const CLI::App& app, std::set<std::string>& flags) {
  for (const CLI::Option* const option : app.get_options()) {
    if (!option->get_configurable()) continue;
    for (const std::string& name : option->get_lnames()) flags.insert("--" + name);
  }
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; })) {
    AddFlagsOf(*command, flags);
  }
}

// How many letters one has to change, add or leave out (Levenshtein).
size_t Distance(std::string_view from, std::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < from.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < to.size(); ++j) {
      const size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string KeyOf(std::string_view flag) { return std::string(flag.substr(2)); }

std::string Nearest(const std::set<std::string>& flags, const std::string& wrong) {
  const auto nearest = std::min_element(flags.begin(), flags.end(),
                                        [&](const std::string& one, const std::string& other) {
                                          return Distance(wrong, one) < Distance(wrong, other);
                                        });
  const bool near = nearest != flags.end() && Distance(wrong, *nearest) <= wrong.size() / 2;
  return near ? fmt::format("is it '{}'?", KeyOf(*nearest)) : "see examples/tamtap.toml";
}

bool InEnvironment(const CLI::Option& option) {
  const char* const value =
      option.get_envname().empty() ? nullptr : std::getenv(option.get_envname().c_str());
  return value != nullptr && *value != '\0';
}

}  // namespace

std::shared_ptr<SettingsFile> SettingsFile::AddTo(CLI::App& app, const std::string& otherwise) {
  std::shared_ptr<SettingsFile> file(new SettingsFile(app));
  CLI::Option* const config = app.set_config("--config", otherwise, kHelp);
  app.config_formatter(file);
  // CLI11 knows it at the front only. People write it behind the command's words, too.
  const auto add = [config](const auto& self, CLI::App& command) -> void {
    for (CLI::App* const each : command.get_subcommands([](const CLI::App*) { return true; })) {
      each->add_option_function<std::string>(
              "--config", [config](const std::string& path) { config->add_result(path); }, kHelp)
          ->trigger_on_parse()
          ->configurable(false);
      self(self, *each);
    }
  };
  add(add, app);
  return file;
}

std::vector<CLI::ConfigItem> SettingsFile::from_config(std::istream& input) const {
  const auto path = app_.get_config_ptr()->as<std::string>();
  const CLI::App* command = &app_;  // that was asked for
  std::vector<std::string> words;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    words.push_back(command->get_name());
  }
  std::set<std::string> flags;
  AddFlagsOf(app_, flags);
  std::vector<CLI::ConfigItem> found;
  for (Setting& setting : SettingsIn(input, path)) {
    if (!flags.contains(setting.flag)) {
      throw Refusal(path, setting.line,
                    fmt::format("there is no key '{}'; {}", KeyOf(setting.flag),
                                Nearest(flags, setting.flag)));
    }
    const CLI::Option* const option = FlagOf(*command, setting.flag);
    if (option == nullptr || option->count() > 0 || InEnvironment(*option)) continue;
    if (setting.values.empty()) continue;
    places_[setting.flag] = fmt::format("{}, line {}", path, setting.line);
    CLI::ConfigItem& item = found.emplace_back();
    item.parents = words;
    item.name = KeyOf(setting.flag);
    item.inputs = std::move(setting.values);
  }
  return found;
}

std::string SettingsFile::WithPlace(std::string complaint) const {
  constexpr std::string_view kOfNames = "abcdefghijklmnopqrstuvwxyz0123456789-";
  for (const auto& [flag, place] : places_) {
    const size_t found = complaint.find(flag);
    if (found == std::string::npos) continue;
    const size_t end = found + flag.size();
    if (end < complaint.size() && kOfNames.find(complaint[end]) != kOfNames.npos) continue;
    return fmt::format("{}: {}", place, complaint);
  }
  return complaint;
}

}  // namespace tamtap::cli
