// An existing TamTap installation brought into this one, for `tamtap journal import`: its people,
// schedules, calendar and settings go to the school's master, its taps into the journal and the
// central store, and what staff said of days into the central store. Twice is once.
#pragma once

#include <string>

#include "cli/settings.h"
#include "journal/legacy_import.h"

namespace tamtap::cli {

struct MovingIn {
  std::string from;  // what messages call it
  journal::LegacyImport brings;
  TimeZone zone;  // of its dates
  // Whether this directory's journal gets the taps, too. A gate's own file is worth a backup; the
  // history of a whole school would only fill the gate's card.
  bool into_journal = true;
  bool dry_run = false;
  bool bring_back = false;  // also who was removed here
};

// Brings it in, says what came of it, and returns the exit code.
int MoveIn(const Settings& settings, MovingIn moving);

}  // namespace tamtap::cli
