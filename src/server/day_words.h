// What a day of the calendar is called on pages. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "roster/roster.h"

namespace tamtap {

// "Class day", "Classes suspended: typhoon", "Saturday", ...
std::string LabelOfDay(const DayOfSection& day, std::string_view date);

// "Monday" .. "Sunday".
std::string_view DayName(std::string_view date);

}  // namespace tamtap
