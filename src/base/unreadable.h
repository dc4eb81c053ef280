// Rows that can't be read. One row in a store or a file that is damaged, or that another program
// wrote, must not make its neighbours unreadable: whoever reads skips it, says so here, and goes
// on.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace tamtap {

// Logs that the row `where` ("person 04A2B3C4 in central.db") was skipped because of `why`: once a
// row for the life of the process, however often it is met. Thread-safe.
void NoteUnreadable(std::string_view where, const Error& why);

// Has `note` called instead. It is for a module, which has a copy of base/ for itself: the rows are
// to be counted in the program's.
void SendUnreadableTo(void (*note)(std::string_view where, const Error& why));

// How many different rows were skipped since the process started.
uint64_t UnreadableRows();

}  // namespace tamtap
