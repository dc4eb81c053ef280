#include "cli/journal_set_aside.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/disk.h"
#include "journal/journal_reader.h"
#include "journal/reconcile.h"
#include "journal/set_aside.h"

namespace tamtap::cli {

std::vector<JournalSetAside> FindSetAside(const std::string& journal_directory) {
  std::vector<JournalSetAside> found;
  const std::string mirror = journal::RememberedMirror(PosixDisk(), journal_directory);
  for (const std::string& directory : {journal_directory, mirror}) {
    if (directory.empty()) continue;
    const auto listed = journal::ListSetAside(PosixDisk(), directory);
    if (!listed) continue;
    for (const std::string& each : *listed) {
      JournalSetAside aside;
      aside.directory = each;
      const auto state = journal::ReadWholeJournal(PosixDisk(), SystemClock(), each);
      if (state) {
        aside.records = state->ledger.records();
        aside.pending = state->ledger.pending().size();
        aside.quarantined = state->ledger.quarantined().size();
      } else {
        aside.problem = state.error().Message();
      }
      found.push_back(std::move(aside));
    }
  }
  return found;
}

std::string Describe(const JournalSetAside& aside) {
  if (!aside.problem.empty()) return fmt::format("{}: {}", aside.directory, aside.problem);
  return fmt::format(
      "{}: {} records of another journal, {} pending, {} quarantined; `tamtap journal import {}` "
      "takes them over",
      aside.directory, aside.records, aside.pending, aside.quarantined, aside.directory);
}

boost::json::array SetAsideJson(const std::string& journal_directory) {
  boost::json::array list;
  for (const JournalSetAside& aside : FindSetAside(journal_directory)) {
    list.push_back({{"directory", aside.directory},
                    {"records", aside.records},
                    {"pending", aside.pending},
                    {"quarantined", aside.quarantined},
                    {"problem", aside.problem}});
  }
  return list;
}

}  // namespace tamtap::cli
