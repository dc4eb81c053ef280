// DATA/credentials.json, mode 0600: what enrolment gave this terminal.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace tamtap::cli {

struct Credentials {
  std::string server;    // its URL
  std::string terminal;  // the name it was enrolled under
  std::string secret;
};

Result<std::optional<Credentials>> LoadCredentials(const std::string& path);
Result<> SaveCredentials(const std::string& path, const Credentials& credentials);

}  // namespace tamtap::cli
