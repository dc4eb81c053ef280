// The demo school: the examples' roster and schedule, with classes that are about to start.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "tap/school_time.h"

namespace tamtap::cli {

// Writes DATA/roster.json (if there is none) and DATA/demo-cards.txt; returns the latter's path.
// The demo's classes are every day, and start ten minutes ago: most taps are on time, later ones
// late.
Result<std::string> MakeDemoSchool(const std::string& data, const TimeZone& zone, Clock& clock);

}  // namespace tamtap::cli
