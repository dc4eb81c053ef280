// Ten gates that saw the same people, all offline, come back at once in any order: every store ends
// with the same attendance, and keeps every tap.
#pragma once

#include "chaos/backends.h"

namespace tamtap::chaos {

// In `orders` different orders, each against MongoDB, our server and a SQLite file, from the same
// journals. Prints what it did; false if any store says anything else than it must.
bool TenGatesComeBack(Backends& backends, uint64_t seed, int orders);

}  // namespace tamtap::chaos
