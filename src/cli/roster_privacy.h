// The commands that tell or erase all that is kept of one person.
#pragma once

#include "cli/command.h"

namespace tamtap::cli {

// Adds them to the command `roster`.
void AddRosterPrivacy(CLI::App& roster, Settings& settings, Action& action);

}  // namespace tamtap::cli
