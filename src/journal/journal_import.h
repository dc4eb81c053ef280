// Taking over the taps of another journal: of one that was set aside, or of a card that is read
// elsewhere. Its directory is only read.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "journal/journal.h"

namespace tamtap::journal {

struct JournalImport {
  std::vector<ImportedTap> taps;  // with their ids and stamps; once each
  std::vector<ClockLine> clocks;  // of the boots that they were taken in
};

// Confirmed taps stay confirmed; pending and quarantined ones are to be sent (again).
Result<JournalImport> ReadJournalToImport(Disk& disk, Clock& clock, const std::string& directory);

}  // namespace tamtap::journal
