// What a terminal says of itself to the dashboard's server, and what the server's answer asks of
// it.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "journal/journal.h"
#include "sync/sync.h"

namespace tamtap {

// The body of POST /api/hardware/status: counts, what the sync last heard, and the first
// quarantined taps with what the store said of them.
std::string StatusReport(journal::Journal& journal, const SyncStatus& sync, Clock& clock);

// Carries out what an answer to a report asks: {"requeue": [tap ids]} or {"requeue": "all"}. What
// is no such answer asks for nothing. Returns how many taps are pending again.
uint64_t TakeStatusAnswer(std::string_view body, journal::Journal& journal);

}  // namespace tamtap
