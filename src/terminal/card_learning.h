// After a power cut: a card that was bound to its person (roster/roster_holder.h) may not have come
// to the roster's file. Its tap is in the journal.
#pragma once

#include "journal/journal.h"
#include "roster/roster_holder.h"

namespace tamtap {

// Binds again the cards of taps that are pending, refused by the store, or confirmed a short time
// ago. It reads nothing if nobody is known by the beginning of a card only. What can't be read is
// passed over: the person's next tap binds their card.
void LearnCards(journal::Journal& journal, RosterHolder& roster);

}  // namespace tamtap
