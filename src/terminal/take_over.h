// Taking over the taps of another journal, as a request of the inbox: they keep their ids, their
// boots and what is known of those boots' clocks, so that no tap is stored twice or under a wrong
// day.
#pragma once

#include <boost/json/fwd.hpp>

#include "base/result.h"
#include "journal/journal_import.h"

namespace tamtap {

struct TakenOver {
  uint64_t done = 0;
  uint64_t skipped = 0;  // the journal has them
};

// Durable on return. What retention has removed since may come again; the central store knows it.
Result<TakenOver> TakeOver(const journal::JournalImport& import, journal::Journal& journal,
                           Disk& disk, Clock& clock, const std::string& journal_directory);

// What a request file holds of it. kRejected: it was not made by this program.
boost::json::object ToJson(const journal::JournalImport& import);
Result<journal::JournalImport> JournalImportFrom(const boost::json::object& object);

}  // namespace tamtap
