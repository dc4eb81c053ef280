// Reads long periods of the attendance in pages of a few days, so that no question holds a
// connection of the store for long, or a whole year in memory. A page ends with the end of a day,
// so that it never cuts the records of a day in two.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "server/school_store.h"

namespace tamtap {

// About how many records a page holds. It may hold a few days more.
inline constexpr size_t kRecordsAPage = 5'000;

// Hands every attendance that `query` finds to `take`, in order, until `most` or a few days more
// were found or the period is over. Returns the day that the next page begins with, if there is
// one.
Result<std::optional<std::string>> ReadPage(SchoolStore& store, const AttendanceQuery& query,
                                            size_t most,
                                            const std::function<void(const Attendance&)>& take);

}  // namespace tamtap
