// Work that one server at a time does, of all that share a store.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "server/identity_store.h"

namespace tamtap {

// Whether a note that begins with a time, in microseconds since 1970, is good at `now`.
bool HoldsAt(const std::string& note, WallTime now);

// Calls `work` unless another one is in such a call of that name, and returns whether it did. Who
// is in it has put a note into the store, which one conditional write decides; that of a server
// which was killed meanwhile holds for half a minute. Errors: those of the store and of `work`.
Result<bool> DoAlone(std::string_view name, SharedState& shared, Clock& clock, Random& random,
                     const std::function<Result<>()>& work);

}  // namespace tamtap
