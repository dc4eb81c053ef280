// What a terminal reports of itself to the dashboard's server. What the server's answer asks of the
// terminal: terminal/status_answer.h.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "journal/journal.h"
#include "sync/sync.h"
#include "terminal/append_times.h"
#include "terminal/contested_cards.h"

namespace tamtap {

// The body of POST /api/hardware/status: the journal's counts, what the sync last heard, and the
// first quarantined taps with the store's reasons, and the cards that only staff can settle.
// `disk_free` is in bytes, on the journal's disk; it is missing if it is not known. `appends`: how
// long taps took to become durable.
std::string StatusReport(journal::Journal& journal, const SyncStatus& sync, Clock& clock,
                         ContestedCards& contested,
                         std::optional<uint64_t> disk_free = std::nullopt,
                         const AppendTimes::Quantiles& appends = {});

// The panel's notice to staff, at most 16 characters; empty while all is well. The first that
// holds:
//   "DISK FULL"         the next tap may be refused
//   "DISK NEARLY FULL"  photos are no longer stored
//   "123 UNSENT 2 H"    taps wait to be sent, the oldest of them for two hours
//   "2 REFUSED"         quarantined taps wait for staff
std::string IdleNotice(journal::Journal& journal, Clock& clock,
                       std::optional<uint64_t> disk_free = std::nullopt);

}  // namespace tamtap
