// What a terminal says of itself to the dashboard's server, and what the server's answer asks of
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "journal/journal.h"
#include "sync/sync.h"

namespace tamtap {

// The body of POST /api/hardware/status: counts, what the sync last heard, and the first
// quarantined taps with what the store said of them.
// `disk_free`: bytes, where the journal is; nothing: not known.
std::string StatusReport(journal::Journal& journal, const SyncStatus& sync, Clock& clock,
                         std::optional<uint64_t> disk_free = std::nullopt);

// The panel's notice to staff: "DISK FULL" when the next tap may be refused, "DISK NEARLY FULL"
// from when photos stop; while taps do not leave "123 UNSENT 2 H", the age of the oldest; "2
// REFUSED" for what waits for staff. Empty while all is well. At most 16 characters.
std::string IdleNotice(journal::Journal& journal, Clock& clock,
                       std::optional<uint64_t> disk_free = std::nullopt);

// What the server answers a report: {success, school: VERSION, requeue: [tap ids] or "all"}, both
// optional. What is no such answer asks for nothing.
struct StatusAnswer {
  std::string school_version;
  uint64_t requeued = 0;  // taps that are pending again, as it asked
};
StatusAnswer TakeStatusAnswer(std::string_view body, journal::Journal& journal);

}  // namespace tamtap
