// Who was removed from the school of a central store that is an SQLite file: what its facts still
// say of people who are there no more (school/facts.h).
#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tamtap::central {

// When each was removed, by their `person`. The store at `path` is open, by whomever. Somebody of
// whom nothing can be read any more is left out with a warning.
Result<std::map<std::string, WallTime>> ReadRemovedPeople(const std::string& path);

}  // namespace tamtap::central
