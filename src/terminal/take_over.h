// Taking over the taps of another journal, as a request of the inbox. The taps keep their ids,
// their boots and what is known of the clocks of those boots, so that no tap is stored twice or
// under a wrong day.
#pragma once

#include <boost/json/fwd.hpp>

#include "base/result.h"
#include "journal/journal_import.h"

namespace tamtap {

struct TakenOver {
  uint64_t done = 0;
  uint64_t skipped = 0;  // taps that the journal has already
};

// Durable on return. A tap that was retired since an earlier import may be imported again; that
// does no harm, because the central store knows it by its id.
Result<TakenOver> TakeOver(const journal::JournalImport& import, journal::Journal& journal,
                           Disk& disk, Clock& clock, const std::string& journal_directory);

// To the content of a request file and back. kRejected if this program did not write that content.
boost::json::object ToJson(const journal::JournalImport& import);
Result<journal::JournalImport> JournalImportFrom(const boost::json::object& object);

}  // namespace tamtap
