#include "server/attendance_pages.h"

#include <algorithm>
#include <utility>

#include "tap/school_time.h"

namespace tamtap {
namespace {

// How many records are read at once, about.
constexpr size_t kFew = 250;
constexpr size_t kMany = 1'000;
constexpr int kMostDays = 4;  // the days behind a holiday may be full

// Behind the year 9999 days are no text of ten characters any more.
std::string EarlierOf(const std::string& day, const std::string& last_day) {
  return day.size() > last_day.size() ? last_day : std::min(day, last_day);
}

}  // namespace

Result<std::optional<std::string>> ReadPage(SchoolStore& store, const AttendanceQuery& query,
                                            size_t most,
                                            const std::function<void(const Attendance&)>& take) {
  size_t taken = 0;
  int days = 1;
  std::string day = query.first_day;
  while (day <= query.last_day) {
    if (taken >= most) return std::optional(std::move(day));
    AttendanceQuery some = query;
    some.first_day = day;
    some.last_day = EarlierOf(AddDays(day, days - 1), query.last_day);
    TAMTAP_TRY(const auto found, store.FindAttendance(some));
    for (const Attendance& attendance : found) take(attendance);
    taken += found.size();
    if (some.last_day == query.last_day) break;  // there may be no day behind it
    day = AddDays(some.last_day, 1);
    if (found.size() < kFew) days = std::min(2 * days, kMostDays);
    if (found.size() > kMany) days = std::max(days / 2, 1);
  }
  return std::optional<std::string>();
}

}  // namespace tamtap
