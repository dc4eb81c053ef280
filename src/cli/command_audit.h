// What commands do goes into the audit trail of the server of their data directory, as the pages'
// acts do, under the name kAuthor.
#pragma once

#include <string>
#include <vector>

#include "cli/settings.h"
#include "school/change.h"

namespace tamtap::cli {

inline constexpr const char* kAuthor = "command line";

// Writes it down. A directory without a server has no trail; what can't be written is logged.
void NoteCommand(const Settings& settings, const std::string& what, const std::string& whom,
                 const std::string& detail);
// The same of changes of the school; of a long list, how many there are.
void NoteChanges(const Settings& settings, const std::vector<SchoolChange>& changes);

}  // namespace tamtap::cli
