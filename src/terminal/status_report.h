// What a terminal reports of itself to the dashboard's server. What the server's answer asks of the
// terminal: terminal/status_answer.h.
#pragma once

#include <string>

#include "base/clock.h"
#include "journal/journal.h"
#include "sync/sync.h"
#include "terminal/append_times.h"
#include "terminal/contested_cards.h"
#include "terminal/gate_health.h"

namespace tamtap {

// The body of POST /api/hardware/status: the journal's counts, what the sync last heard, and the
// first quarantined taps with the store's reasons, the cards that only staff can settle, and the
// health of the gate's parts. `appends`: how long taps took to become durable.
std::string StatusReport(journal::Journal& journal, const SyncStatus& sync, Clock& clock,
                         ContestedCards& contested, const GateHealth& health = {},
                         const AppendTimes::Quantiles& appends = {});

// The panel's notice to staff, at most 16 characters; empty while all is well. The first that
// holds:
//   "DISK FULL"         the next tap may be refused
//   "CHECK THE READER"  a card reader is away, or broken
//   "DISK NEARLY FULL"  photos are no longer stored
//   "123 UNSENT 2 H"    taps wait to be sent, the oldest of them for two hours
//   "2 REFUSED"         quarantined taps wait for staff
//   "CHECK THE CAMERA"  taps go on without photos, or are refused if the school requires them
//   "CHECK THE CLOCK"   nobody vouches for the time, and taps are marked so
std::string IdleNotice(journal::Journal& journal, Clock& clock, const GateHealth& health = {});

}  // namespace tamtap
