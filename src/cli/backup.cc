// tamtap backup create | restore
#include "cli/backup.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <filesystem>

#include "base/disk.h"
#include "cli/command.h"
#include "cli/compose.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kEnding = ".tar";

struct BackupArguments {
  std::string file;
  int keep = 0;
};

// "tamtap-main-gate-20261127T213000Z.tar": they sort by their age.
std::string DatedName(const std::string& beginning) {
  const auto zone = TimeZone::Load("UTC");
  std::string digits;
  if (zone) {
    const std::string now = zone->ToLocal(SystemClock().Now()).iso.substr(0, 19);
    std::copy_if(now.begin(), now.end(), std::back_inserter(digits),
                 [](char c) { return c != '-' && c != ':'; });
  }
  return fmt::format("{}{}Z{}", beginning, digits, kEnding);
}

// Removes the oldest of this machine's backups there beyond `keep`; returns their names.
Result<std::vector<std::string>> KeepNewest(const std::string& directory,
                                            const std::string& beginning, size_t keep) {
  TAMTAP_TRY(auto names, PosixDisk().List(directory));
  std::erase_if(names, [&](const std::string& name) {
    const size_t size = DatedName(beginning).size();
    return name.size() != size || !name.starts_with(beginning) || !name.ends_with(kEnding);
  });
  names.resize(names.size() - std::min(keep, names.size()));
  for (const std::string& name : names) {
    TAMTAP_RETURN_IF_ERROR(PosixDisk().Remove(JoinPath(directory, name)));
  }
  return names;
}

int Create(const Settings& settings, const BackupArguments& arguments,
           const std::string& settings_file) {
  std::error_code failed;
  const bool directory = std::filesystem::is_directory(arguments.file, failed);
  const std::string beginning = fmt::format("tamtap-{}-", DefaultTerminalId());
  const std::string file =
      directory ? JoinPath(arguments.file, DatedName(beginning)) : arguments.file;
  if (arguments.keep > 0 && !directory) {
    return Fail({ErrorCode::kMisconfigured, fmt::format("keep {} backups", arguments.keep), 0,
                 fmt::format("{} is no directory; name one", arguments.file)});
  }
  const auto made = CreateBackup(settings, settings_file, file);
  if (!made) return Fail(made.error());
  std::vector<std::string> removed;
  if (arguments.keep > 0) {
    auto kept = KeepNewest(arguments.file, beginning, static_cast<size_t>(arguments.keep));
    if (!kept) return Fail(kept.error());
    removed = *std::move(kept);
  }
  if (settings.json) {
    PrintLine(json::serialize(json::object{{"file", made->file},
                                           {"files", made->files},
                                           {"bytes", made->bytes},
                                           {"until", made->until},
                                           {"notes", json::value_from(made->notes)},
                                           {"removed", json::value_from(removed)}}));
    return kDone;
  }
  PrintLine(fmt::format("{}: {} files, {} bytes; every tap acknowledged before {} is in it",
                        made->file, made->files, made->bytes, made->until));
  for (const std::string& name : removed) PrintLine(fmt::format("removed the older {}", name));
  for (const std::string& note : made->notes) Complain(note);
  return kDone;
}

int Restore(const Settings& settings, const BackupArguments& arguments) {
  const auto restored = RestoreBackup(settings, arguments.file);
  if (!restored) return Fail(restored.error());
  if (settings.json) {
    PrintLine(json::serialize(json::object{{"data", settings.data},
                                           {"files", restored->files},
                                           {"bytes", restored->bytes},
                                           {"taps", restored->taps},
                                           {"pending", restored->pending},
                                           {"until", restored->until},
                                           {"settings", restored->settings_file}}));
    return kDone;
  }
  PrintLine(
      fmt::format("{}: {} files, {} bytes, each as it was backed up; it holds what was "
                  "acknowledged before {}",
                  settings.data, restored->files, restored->bytes, restored->until));
  PrintLine(fmt::format("its journal has {} taps, of which {} wait to be sent", restored->taps,
                        restored->pending));
  if (!restored->settings_file.empty()) {
    PrintLine(fmt::format("the settings of that machine are in {}", restored->settings_file));
  }
  return kDone;
}

}  // namespace

void AddBackup(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const backup = app.add_subcommand("backup", "Back a data directory up, and restore it");
  backup->require_subcommand(1);
  static BackupArguments arguments;
  CLI::App* const create = backup->add_subcommand(
      "create", "Back up everything here into one file, also while gate and server run");
  AddCommonFlags(*create, settings);
  create->add_option("file", arguments.file, "A new file, or a directory that gets a dated one")
      ->required();
  create
      ->add_option("--keep", arguments.keep,
                   "Of this machine's backups in that directory keep so many, the newest; 0: all")
      ->check(CLI::Range(0, 100'000))
      ->configurable(false);
  create->callback([&] {
    const CLI::Option* const config = app.get_config_ptr();
    const auto file = config->count() > 0 ? config->as<std::string>() : std::string();
    action = [&, file] { return Create(settings, arguments, file); };
  });
  CLI::App* const restore = backup->add_subcommand(
      "restore", "Bring a backup into an empty data directory, after checking all of it");
  AddCommonFlags(*restore, settings);
  restore->add_option("file", arguments.file, "What `tamtap backup create` made")->required();
  restore->callback([&] { action = [&] { return Restore(settings, arguments); }; });
}

}  // namespace tamtap::cli
