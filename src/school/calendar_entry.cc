#include "school/calendar_entry.h"

#include <fmt/core.h>

#include "base/sha256.h"
#include "base/text.h"
#include "base/visible.h"
#include "school/change.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

constexpr int kSaturday = 5;
constexpr size_t kIdDigits = 8;
constexpr size_t kLongestReason = 200;

Error NoEntry(std::string what, std::string hint) {
  return Error{ErrorCode::kRejected, std::move(what), 0, std::move(hint)};
}

}  // namespace

std::string CalendarEntryId(const CalendarEntry& entry) {
  return Sha256Hex(CalendarKey(entry)).substr(0, kIdDigits);
}

Result<> TidyCalendarEntry(CalendarEntry& entry) {
  entry.first_day = std::string(TrimSpace(entry.first_day));
  entry.last_day = std::string(TrimSpace(entry.last_day));
  if (entry.last_day.empty()) entry.last_day = entry.first_day;
  entry.section = Nfc(TrimSpace(entry.section));
  entry.reason = Nfc(TrimSpace(entry.reason));
  for (const std::string& day : {entry.first_day, entry.last_day}) {
    if (!IsDay(day)) {
      return NoEntry(fmt::format("read the day '{}'", Shortened(day, kLongestReason)),
                     "write it as YYYY-MM-DD, as 2026-12-24");
    }
  }
  if (entry.last_day < entry.first_day) {
    return NoEntry(fmt::format("put {} to {} into the calendar", entry.first_day, entry.last_day),
                   "the last day comes before the first");
  }
  if (entry.kind == CalendarKind::kSaturdayMakeup && WeekdayOf(entry.first_day) != kSaturday) {
    return NoEntry(fmt::format("make up for classes on {}", entry.first_day), "it is no Saturday");
  }
  if (entry.kind == CalendarKind::kNoClass && entry.section.empty()) {
    return NoEntry("say that there is no class",
                   "name the section; if it is the whole school, classes are suspended");
  }
  if (CountCharacters(entry.reason) > kLongestReason) {
    return NoEntry("put this reason into the calendar",
                   fmt::format("it has more than {} characters", kLongestReason));
  }
  if (VisibleLine(entry.reason) != entry.reason) {
    return NoEntry("put this reason into the calendar",
                   "it holds a line break or control character");
  }
  return {};
}

}  // namespace tamtap
