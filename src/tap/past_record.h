// What a day's entry of an existing TamTap installation says, in its file or its database, in the
// fields that several of our readers have in common. Pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "base/result.h"
#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

// The name of the photo's file. Old entries have a whole path, under `photo_path`.
std::string PastPhoto(const boost::json::object& entry);

// What staff said, cut where it is longer than it may be.
StaffWords PastStaffWords(const boost::json::object& entry);

// "07:05:09" of "07:05:09", "7:05", "7:05 AM" and the like; empty where it is no time.
std::string PastTime(std::string_view text);

// The mark of staff that the entry is: `said` has its person, day and status. It is the same mark
// wherever the entry is read, so that it is one however often and by whichever way it comes.
Record PastMark(const Record& said, const boost::json::object& entry, const TimeZone& zone);

// The same of a mark whose person has turned out to be another.
Record PastMarkAgain(const Record& mark, const TimeZone& zone);

}  // namespace tamtap
