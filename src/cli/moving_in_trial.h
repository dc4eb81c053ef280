// What an import would do, found out where it would do it, and with nothing changed there: how many
// records a store or a journal lacks, what can never be stored, which accounts are new.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/former_staff.h"
#include "cli/settings.h"
#include "journal/journal.h"
#include "server/school_store.h"
#include "terminal/inbox.h"

namespace tamtap::cli {

// What became of some records in the central store, or would.
struct StoredCounts {
  size_t added = 0;
  size_t there = 0;
  std::vector<bool> has;  // of each record, whether the store has it now; not of a trial
};

// What is said of a record that the store refuses.
std::string WhyLeftOut(const Record& record, std::string_view reason);

// Says in `counts` and `left_out` what the store would do with these.
Result<> TryStore(SchoolStore& store, std::span<const Record> records, StoredCounts& counts,
                  std::vector<std::string>& left_out);

// How many of these a journal has, and how many it would take.
Result<InboxAnswer> TryJournal(const Settings& settings,
                               const std::vector<journal::ImportedTap>& taps);

// Takes the accounts into a copy of those that are here.
Result<StaffTaken> TryStaff(const Settings& settings,
                            const std::vector<journal::LegacyAccount>& accounts);

}  // namespace tamtap::cli
