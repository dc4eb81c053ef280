// What `tamtap doctor` says of the devices of a gate: those that the settings name, and what else
// is plugged in.
#pragma once

#include <string>
#include <vector>

#include "cli/settings.h"

namespace tamtap::cli {

struct Finding {
  std::string what;
  bool fine = true;
  std::string said;
};

// Readers, panels and the camera, each with what was found; what the owner of the data directory
// may not use; and what is plugged in. Takes no device from a gate that runs here.
void AddDevices(const Settings& settings, std::vector<Finding>& findings);

}  // namespace tamtap::cli
