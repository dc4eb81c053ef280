// Inbox: how `tamtap journal import`, `requeue` and `resend` reach a journal that a running
// terminal holds.
//
// A request is a file in DATA/inbox, put there whole by a rename; who holds the journal does it and
// leaves the answer beside it. A request that a crash interrupts is done again, which does no harm.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/random.h"
#include "base/result.h"
#include "journal/journal.h"
#include "terminal/take_over.h"

namespace tamtap {

struct InboxRequest {
  enum class Kind { kImport, kRequeue, kResend, kTakeOver };
  Kind kind = Kind::kImport;
  std::vector<journal::ImportedTap> taps;  // of kImport
  std::vector<std::string> tap_ids;        // of kRequeue; empty: all that are quarantined
  std::string since;                       // of kResend: a day, "YYYY-MM-DD"
  journal::JournalImport journal;          // of kTakeOver
};

struct InboxAnswer {
  uint64_t done = 0;     // taps imported, requeued, or to be asked about
  uint64_t skipped = 0;  // imported before: pending, confirmed, quarantined or retired
  std::string error;     // empty: all went well
};

// Carries a request out on a journal that this process holds.
Result<InboxAnswer> CarryOut(const InboxRequest& request, journal::Journal& journal, Disk& disk,
                             Clock& clock, const std::string& journal_directory);

// Takes those taps out of an import that another request in the inbox brings already, and returns
// how many they were.
Result<uint64_t> LeaveOutWaiting(Disk& disk, const std::string& inbox, InboxRequest& request);
// Leaves a request and returns its name.
Result<std::string> LeaveRequest(Disk& disk, Random& random, const std::string& inbox,
                                 const InboxRequest& request);
// Carries out every request that is there. Called by who holds the journal.
Result<> EmptyInbox(Disk& disk, Clock& clock, const std::string& inbox, journal::Journal& journal,
                    const std::string& journal_directory);
// Waits for the answer to a request and takes it away. kRetry when none came in time: the request
// stays, and is carried out when a terminal runs.
Result<InboxAnswer> AwaitAnswer(Disk& disk, Clock& clock, const std::string& inbox,
                                const std::string& name, std::chrono::milliseconds patience);

}  // namespace tamtap
