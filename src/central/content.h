// What a record or a school *is*, apart from how it came: for telling equal from different.
#pragma once

#include <string>
#include <string_view>

#include "tap/record.h"
#include "tap/school.h"

namespace tamtap::central {

// Why this record can never be stored, or "" if it can: it must survive its own JSON form, by the
// rules of RecordFromJson, so text that is no UTF-8 is refused too.
std::string WhyUnstorable(const Record& record);

// Whether `stored`, a record's JSON as it was stored, says the same as `record`. Compared as
// records: a field that a later version adds does not make an old tap a different one.
bool SameContent(std::string_view stored, const Record& record);

inline constexpr std::string_view kTwoContents = "tap id with two contents";

// Sorts the school's lists and returns a digest of them: equal for equal schools, whatever order
// they were stored in. FNV-1a, 64 bits: it tells versions apart, it proves nothing.
std::string SortAndDigest(School& school);

}  // namespace tamtap::central
