#include "server/day_words.h"

#include "tap/school_time.h"

namespace tamtap {

std::string_view DayName(std::string_view date) {
  static constexpr std::string_view kNames[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};
  return kNames[WeekdayOf(date)];
}

std::string LabelOfDay(const DayOfSection& day, std::string_view date) {
  const auto with_reason = [&day](const std::string& label) {
    return day.reason.empty() ? label : label + ": " + day.reason;
  };
  switch (day.kind) {
    case DayKind::kInstructional:
      return WeekdayOf(date) == 5 ? "Saturday class" : "Class day";
    case DayKind::kSuspension:
      return with_reason("Classes suspended");
    case DayKind::kNoClass:
      return with_reason("No classes");
    case DayKind::kWeekend:
      return std::string(DayName(date));
    case DayKind::kSaturdayMakeup:
      return "Saturday make-up classes";
  }
  return {};
}

}  // namespace tamtap
