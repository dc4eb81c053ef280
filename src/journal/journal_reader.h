// Reading a journal from outside: for `tamtap journal ...`, beside a terminal that writes it. Takes
// no lock, changes nothing, and streams: memory does not grow with the journal.
#pragma once

#include <functional>
#include <string>
#include <string_view>

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
// Every tap of the journal once, in order. `state` comes from ReadWholeJournal; taps appended since
// are left out, and so are lines that this release can't read, with a warning. Stops at the first
// error of `visit`. `each_line`: a number's other lines too. In a copy that was set aside, two taps
// may have it: one that was refused, and one that was given the number where the first was lost.
Result<> ForEachTap(Disk& disk, const std::string& directory, const JournalState& state,
                    const std::function<Result<>(const TapVisit&)>& visit, bool each_line = false);

// What was lost, in words: "segment 3, bytes 4096..8191: corrupt, 7 lines touched".
std::string Describe(const Damage& damage);

}  // namespace tamtap::journal
