// `tamtap setup`: what a machine is for, asked once, and written into its settings file.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace tamtap::cli {

struct SetupAnswers {
  std::string role;  // "gate", "server", "both"
  std::string timezone;
  std::vector<std::string> lists;  // files of people and schedules
  std::string account;             // the first administrator; empty: none
  std::string password;
  std::string server;  // of a gate
  std::string token;
  std::string terminal_id;
  std::string listen;
  std::string data;
  std::vector<std::string> readers;
  std::vector<std::string> panels;
};

// The file, with what each key is for. What was not answered stands there as a comment.
std::string SettingsText(const SetupAnswers& answers);

// Writes it; a file that was there is kept beside it under the name that is returned (empty: none).
// Whoever is in the group of its directory may read it, nobody else.
Result<std::string> WriteSettings(const std::string& path, const std::string& text);

// The unit of systemd for a role.
std::string UnitForRole(const std::string& role);

}  // namespace tamtap::cli
