// What people put into the school's calendar, by whichever way they do it. Pure functions;
// thread-safe.
#pragma once

#include <string>

#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

// What people name an entry by: eight hexadecimal digits, which follow from what the entry says.
std::string CalendarEntryId(const CalendarEntry& entry);

// Brings an entry that was typed to its one form: a missing last day is the first one. kRejected,
// with a sentence: a day that is none, days in the wrong order, a make-up on another day than a
// Saturday, a no-class of no section, a reason that can't be shown in one line.
Result<> TidyCalendarEntry(CalendarEntry& entry);

}  // namespace tamtap
