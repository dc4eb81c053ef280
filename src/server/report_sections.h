// Of which sections a report is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "roster/roster.h"
#include "server/router.h"

namespace tamtap {

// Those of the sections that the caller may see in which there are students, or all that were
// asked for. Nothing: one was asked for that is not theirs.
std::optional<std::vector<std::string>> SectionsToReport(const Call& call, const Roster& roster);

}  // namespace tamtap
