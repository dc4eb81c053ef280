// The demo school: the examples' roster and schedule, with classes that are about to start.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/settings.h"
#include "tap/school_time.h"

namespace tamtap::cli {

// Brings the demo school to the master (master.h), and writes DATA/demo-cards.txt; returns its
// path. The demo's classes are every day, and start ten minutes ago: most taps are on time, later
// ones late.
Result<std::string> MakeDemoSchool(const Settings& settings, const TimeZone& zone, Clock& clock);

}  // namespace tamtap::cli
