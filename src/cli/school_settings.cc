// tamtap settings list | get | set
#include "tap/school_settings.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "cli/command.h"
#include "cli/master.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

struct Arguments {
  std::string key;
  std::string value;
};

const SettingKey* FindKey(std::string_view key) {
  const auto keys = SettingKeys();
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const SettingKey& each) { return each.key == key; });
  return found == keys.end() ? nullptr : &*found;
}

// What the master says; of what it does not say, what holds then.
std::string ValueOf(const SettingsByKey& settings, const SettingKey& key) {
  const auto said = settings.find(std::string(key.key));
  return said == settings.end() ? std::string(key.otherwise) : said->second;
}

json::object Described(const SettingsByKey& settings, const SettingKey& key) {
  return {{"key", key.key},
          {"value", ValueOf(settings, key)},
          {"said", settings.contains(std::string(key.key))},
          {"takes", key.value},
          {"default", key.otherwise},
          {"help", key.help}};
}

int List(const Settings& settings) {
  const auto shown = ShowSchool(settings);
  if (!shown) return Fail(shown.error());
  const SettingsByKey& said = shown->school.settings;
  if (settings.json) {
    json::array list;
    for (const SettingKey& key : SettingKeys()) list.push_back(Described(said, key));
    PrintLine(json::serialize(list));
    return kDone;
  }
  for (const SettingKey& key : SettingKeys()) {
    const bool is_said = said.contains(std::string(key.key));
    PrintLine(fmt::format("{:<26}{}{}", key.key, ValueOf(said, key), is_said ? "" : "  (default)"));
    PrintLine(fmt::format("    {}; {}", key.help, key.value));
  }
  size_t others = 0;
  for (const auto& [key, value] : said) {
    if (FindKey(key) == nullptr && key != kFormerTimezonesKey) ++others;
  }
  PrintLine(fmt::format(
      "the settings of {}{}", shown->master,
      others == 0 ? "" : fmt::format("; {} more of other software mean nothing here", others)));
  return kDone;
}

int Get(const Settings& settings, const Arguments& arguments) {
  const SettingKey* const key = FindKey(arguments.key);
  if (key == nullptr) return Fail(SettingChanges({}, arguments.key, "").error());
  const auto shown = ShowSchool(settings);
  if (!shown) return Fail(shown.error());
  PrintLine(settings.json ? json::serialize(Described(shown->school.settings, *key))
                          : ValueOf(shown->school.settings, *key));
  return kDone;
}

int Set(const Settings& settings, const Arguments& arguments) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  std::string value;
  const auto changed = master->Change([&](School& school) -> Result<> {
    TAMTAP_TRY(const SettingsByKey changes,
               SettingChanges(school.settings, arguments.key, Nfc(arguments.value)));
    value = changes.at(arguments.key);
    for (const auto& [each, text] : changes) school.settings.insert_or_assign(each, text);
    return {};
  });
  if (!changed) return Fail(changed.error());
  if (!SayWhatWasRefused(*changed)) return kProblem;
  if (settings.json) {
    PrintLine(json::serialize(
        json::object{{"key", arguments.key}, {"value", value}, {"central", master->name()}}));
  } else {
    PrintLine(fmt::format("{} is {} in {}", arguments.key, value, master->name()));
  }
  return kDone;
}

Arguments& TheArguments() {
  static Arguments arguments;
  return arguments;
}

}  // namespace

void AddSettings(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command = app.add_subcommand("settings", "What the school has decided");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* what) {
    CLI::App* const added = command->add_subcommand(name, what);
    AddCommonFlags(*added, settings);
    AddStoreFlags(*added, settings);
    return added;
  };
  CLI::App* const list = add("list", "Print what there is to decide, and what holds");
  list->callback([&] { action = [&settings] { return List(settings); }; });
  CLI::App* const get = add("get", "Print what holds");
  get->add_option("KEY", TheArguments().key, "As `list` shows it")->required();
  get->callback([&] { action = [&settings] { return Get(settings, TheArguments()); }; });
  CLI::App* const set = add("set", "Decide something, for all gates and pages");
  set->add_option("KEY", TheArguments().key, "As `list` shows it")->required();
  set->add_option("VALUE", TheArguments().value, "What holds from now on")->required();
  set->callback([&] { action = [&settings] { return Set(settings, TheArguments()); }; });
}

}  // namespace tamtap::cli
