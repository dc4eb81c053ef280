#include "journal/journal_import.h"

#include <set>

#include "journal/journal_reader.h"

namespace tamtap::journal {

Result<JournalImport> ReadJournalToImport(Disk& disk, Clock& clock, const std::string& directory) {
  JournalImport import;
  std::set<std::string> boots;
  TAMTAP_TRY(const JournalState state, ReadWholeJournal(disk, clock, directory));
  TAMTAP_RETURN_IF_ERROR(ForEachTap(disk, directory, state, [&](const TapVisit& visit) -> Result<> {
    const bool confirmed = visit.state == TapState::kConfirmed;
    import.taps.push_back({visit.line.record, confirmed, visit.line.stamp});
    boots.insert(visit.line.stamp.boot);
    return {};
  }));
  for (const std::string& boot : boots) {
    if (const ClockLine* const known = state.ledger.ClockOf(boot)) import.clocks.push_back(*known);
  }
  return import;
}

}  // namespace tamtap::journal
