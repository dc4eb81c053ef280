// Of which sections a report is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "roster/roster.h"
#include "server/router.h"

namespace tamtap {

// Returns the sections that were asked for or, if none was, those with students that the caller may
// see. It returns nothing if a section was asked for that the caller may not see.
std::optional<std::vector<std::string>> SectionsToReport(const Call& call, const Roster& roster);

}  // namespace tamtap
