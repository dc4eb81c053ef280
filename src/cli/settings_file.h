// The TOML file that --config names, read where CLI11 reads its own configuration files: what it
// says counts for a flag that neither the command line nor the flag's environment variable gives.
//
// A key is a flag's name; tables join with '-': [camera] required = true is --camera-required. One
// file serves all commands: a key of another command is passed over. A key that no command has is
// refused with its line and the nearest key there is.
#pragma once

#include <CLI/CLI.hpp>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tamtap::cli {

// Where an installed program's settings are. It reads them when neither --config nor --data says
// where an installation is.
inline constexpr const char* kInstalledSettings = "/etc/tamtap/tamtap.toml";

class SettingsFile final : public CLI::Config {
 public:
  // Gives `app` and each of its commands, which must all have been added, the option --config.
  // `app` must outlive what is returned. `otherwise`: the file that is read if --config names none,
  // as far as it can be read; empty: none.
  static std::shared_ptr<SettingsFile> AddTo(CLI::App& app, const std::string& otherwise);

  // Called by CLI11, when it has read the command line. Throws CLI::ConfigError, with file and
  // line.
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
  // For files of settings to begin with; TamTap has an example instead.
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  // `complaint` about a flag, after the place in the file where its value stands, if it came from
  // there.
  std::string WithPlace(std::string complaint) const;

 private:
  explicit SettingsFile(const CLI::App& app) : app_(app) {}

  const CLI::App& app_;
  mutable std::map<std::string, std::string> places_;  // by flag; from_config is const in CLI11
};

}  // namespace tamtap::cli
