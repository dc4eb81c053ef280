// Inbox: how `tamtap journal import`, `requeue` and `resend` reach a journal that a running
// terminal holds.
//
// A request is a file in DATA/inbox, which is put there whole, by a rename. The process that holds
// the journal carries it out and leaves the answer in a file beside it. A request that a crash
// interrupts is carried out again, which does no harm.
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
  uint64_t skipped = 0;  // taps that the journal has, or had until they were retired
  std::string error;     // empty if all went well
};

// Carries a request out on a journal that this process holds.
Result<InboxAnswer> CarryOut(const InboxRequest& request, journal::Journal& journal, Disk& disk,
                             Clock& clock, const std::string& journal_directory);

// Removes from an import the taps that another request in the inbox brings already, and returns how
// many it removed.
Result<uint64_t> LeaveOutWaiting(Disk& disk, const std::string& inbox, InboxRequest& request);
// Leaves a request and returns its name.
Result<std::string> LeaveRequest(Disk& disk, Random& random, const std::string& inbox,
                                 const InboxRequest& request);
// Carries out every request in the inbox. Only the process that holds the journal calls it.
Result<> EmptyInbox(Disk& disk, Clock& clock, const std::string& inbox, journal::Journal& journal,
                    const std::string& journal_directory);
// Waits for the answer to a request and removes it from the inbox. kRetry if none came within
// `patience`: the request stays, and is carried out when a terminal runs.
Result<InboxAnswer> AwaitAnswer(Disk& disk, Clock& clock, const std::string& inbox,
                                const std::string& name, std::chrono::milliseconds patience);

}  // namespace tamtap
