// What a store has settled for good: days that retention has purged, and people who were erased
// (server/personal_data.h). Gates may still bring what is of them. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sync/central_store.h"
#include "tap/record.h"

namespace tamtap::central {

// When it was tapped, or when staff said it; microseconds since 1970 UTC.
int64_t MadeAtUs(const Record& record);

// What a store answers to a record of a day before `first_kept_day` ("" if none was purged);
// nothing if it is to be stored.
std::optional<Outcome> OutcomeOfPurged(const Record& record, std::string_view first_kept_day);

// The same of a record of somebody who was erased at that instant (microseconds since 1970 UTC);
// `present`: somebody was registered with that key since.
std::optional<Outcome> OutcomeOfErased(const Record& record, int64_t erased_at_us, bool present);

}  // namespace tamtap::central
