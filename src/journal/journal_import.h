// Reads the taps of another journal, in order to take them over: of a journal that was set aside,
// or of a card in a card reader. Its directory is only read.
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
  std::vector<ClockLine> clocks;  // of the boots in which they were taken
};

// Confirmed taps stay confirmed. Pending and quarantined taps become pending.
Result<JournalImport> ReadJournalToImport(Disk& disk, Clock& clock, const std::string& directory);

}  // namespace tamtap::journal
