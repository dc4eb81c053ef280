// Times of day as people and spreadsheets write them. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

// Minutes since midnight, 0 to 1440, of "07:00", "7:00", "07:00:00", "700", "0700", "0700H", "7:00
// AM" and "7 a.m." with any kind of space, "12:00 NN" (noon), "12:00 MN" (midnight), and of the
// part of a day that a time is in a spreadsheet ("0.291666667"). Nothing for all else, seconds
// included.
std::optional<int> TimeFrom(std::string_view text);

// The hours between two cells. An end of 24:00 or 00:00 is midnight; one before the start is on the
// next day, so that `end` is more than 1440. Both cells empty, or dashes: no classes, which is no
// ClassHours. kRejected, with a sentence: a cell is no time or is missing, no time lies between
// them, or they would last longer than half a day over midnight (an end of "4:00" that should have
// been 16:00).
Result<std::optional<ClassHours>> HoursFrom(std::string_view start, std::string_view end);

}  // namespace tamtap
