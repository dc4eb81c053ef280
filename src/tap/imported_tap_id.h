// The ids of imported taps. The predecessor gave its taps none, so one is made from what makes a
// tap that tap: the card, and the school's local date and time as the file says them. The same file
// read twice, here or at another gate, gives the same ids, and whoever gets such a tap can see
// whether its id is its own.
#pragma once

#include "tap/record.h"

namespace tamtap {

// The generation is the first 32 hexadecimal digits of the SHA-256, the sequence number is 1.
TapId ImportedTapId(const Record& record);

// The id that version 0.1.0 gave the same tap.
TapId FormerImportedTapId(const Record& record);

}  // namespace tamtap
