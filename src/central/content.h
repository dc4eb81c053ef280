// Compares records and schools by their content, whatever form they came in.
#pragma once

#include <string>
#include <string_view>

#include "tap/record.h"
#include "tap/school.h"

namespace tamtap::central {

// Returns why this record can never be stored, or "" if it can. A record must be the same after it
// was written as JSON and read back by RecordFromJson; so text that is not UTF-8 is refused too.
std::string WhyUnstorable(const Record& record);

// Whether `stored`, which is the stored JSON of a record, has the same content as `record`. The two
// are compared as records, so a field that a later version adds makes no difference.
bool SameContent(std::string_view stored, const Record& record);

inline constexpr std::string_view kTwoContents = "tap id with two contents";

// Sorts the school's lists and returns a digest of them: equal for equal schools, whatever order
// they were stored in. FNV-1a, 64 bits: it tells versions apart, it proves nothing.
std::string SortAndDigest(School& school);

}  // namespace tamtap::central
