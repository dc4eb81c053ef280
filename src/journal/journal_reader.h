// Reading a journal from outside, for `tamtap journal ...`, while a terminal writes it. It takes no
// lock and changes nothing, and its memory does not grow with the journal.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "journal/journal.h"
#include "journal/recovery.h"

namespace tamtap::journal {

// Reads every line. Damage at the very end is looked at again a few times, in case a writer is in
// the middle of it. kMisconfigured if there is no journal. `journal`: as RecoverOptions::journal.
Result<JournalState> ReadWholeJournal(Disk& disk, Clock& clock, const std::string& directory,
                                      const std::string& journal = {});

struct TapVisit {
  const TapLine& line;
  TapState state;           // never kUnknown or kVoid
  std::string_view reason;  // of a quarantine
};
// Calls `visit` with every tap of the journal once, in order. `state` comes from ReadWholeJournal.
// Taps that were appended since are left out, and so are lines that this release can't read, with a
// warning. It stops at the first error of `visit`. With `each_line` it visits all lines of a
// number: in a copy that was set aside, two taps may have the same number, because a refused tap
// was lost in the other copy and its number was given away again there.
Result<> ForEachTap(Disk& disk, const std::string& directory, const JournalState& state,
                    const std::function<Result<>(const TapVisit&)>& visit, bool each_line = false);

// Returns the last refusals of the journal, at most `most`, in their order. Lines that this release
// can't read are left out, with a warning. kMisconfigured if there is no journal.
Result<std::vector<RefusalLine>> ReadLastRefusals(Disk& disk, const std::string& directory,
                                                  size_t most);

// Says in words what was lost: "segment 3, bytes 4096..8191: corrupt, 7 lines touched".
std::string Describe(const Damage& damage);

}  // namespace tamtap::journal
