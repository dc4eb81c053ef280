// Long periods of the attendance, a few days at a time: no question holds a connection of the store
// for long or the whole of a year in memory. A page ends with a day, so that a person's day is
// always whole.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "server/school_store.h"

namespace tamtap {

// How many records a page holds, about: few days later it is over.
inline constexpr size_t kRecordsAPage = 5'000;

// Hands every attendance that `query` finds to `take`, in order, until `most` or a few days more
// were found or the period is over. Returns the day that the next page begins with, if there is
// one.
Result<std::optional<std::string>> ReadPage(SchoolStore& store, const AttendanceQuery& query,
                                            size_t most,
                                            const std::function<void(const Attendance&)>& take);

}  // namespace tamtap
