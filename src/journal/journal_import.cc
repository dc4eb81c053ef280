#include "journal/journal_import.h"

#include <fmt/core.h>

#include <map>
#include <set>

#include "journal/journal_reader.h"
#include "journal/ownership.h"

namespace tamtap::journal {

namespace {

// The ids of all journals that have files there. Nobody may ever have set them apart: a stick that
// was in two gates, and is imported from by hand.
Result<std::set<std::string>> JournalsIn(Disk& disk, const std::string& directory) {
  std::set<std::string> journals;
  TAMTAP_TRY(const std::vector<std::string> names, ListJournalFiles(disk, directory));
  for (const std::string& name : names) {
    TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, JoinPath(directory, name)));
    if (!owner.journal.empty()) journals.insert(owner.journal);
  }
  if (journals.empty()) journals.emplace();  // no file names one
  return journals;
}

// Adds to `import` what one of them holds. A segment whose first line is damaged is read as each
// one's, so a tap may be met again: if one of them has not seen it confirmed, it is sent again.
Result<> ReadOne(Disk& disk, Clock& clock, const std::string& directory, const std::string& journal,
                 JournalImport& import, std::map<std::string, size_t>& by_id) {
  std::set<std::string> boots;
  std::map<uint64_t, size_t> by_number;  // where in import.taps
  TAMTAP_TRY(const JournalState state, ReadWholeJournal(disk, clock, directory, journal));
  const auto take = [&](const TapVisit& visit) -> Result<> {
    const bool confirmed = visit.state == TapState::kConfirmed;
    const auto [known, first] =
        by_id.try_emplace(visit.line.record.tap.ToString(), import.taps.size());
    if (!first) {
      import.taps[known->second].confirmed &= confirmed;
      return {};
    }
    import.taps.push_back({visit.line.record, confirmed, visit.line.stamp});
    boots.insert(visit.line.stamp.boot);
    // Two taps with one number: nobody knows which of them was confirmed.
    const auto [twin, alone] = by_number.try_emplace(visit.line.sequence, known->second);
    if (!alone) import.taps[twin->second].confirmed = import.taps.back().confirmed = false;
    return {};
  };
  TAMTAP_RETURN_IF_ERROR(ForEachTap(disk, directory, state, take, /*each_line=*/true));
  for (const std::string& boot : boots) {
    if (const ClockLine* const known = state.ledger.ClockOf(boot)) import.clocks.push_back(*known);
  }
  return {};
}

}  // namespace

Result<JournalImport> ReadJournalToImport(Disk& disk, Clock& clock, const std::string& directory) {
  TAMTAP_TRY(const bool there, disk.Exists(directory));
  if (!there) {
    return Error{ErrorCode::kMisconfigured, fmt::format("read the journal {}", directory), 0,
                 "there is no such directory"};
  }
  JournalImport import;
  std::map<std::string, size_t> by_id;  // where in import.taps
  TAMTAP_TRY(const std::set<std::string> journals, JournalsIn(disk, directory));
  for (const std::string& journal : journals) {
    TAMTAP_RETURN_IF_ERROR(ReadOne(disk, clock, directory, journal, import, by_id));
  }
  return import;
}

}  // namespace tamtap::journal
