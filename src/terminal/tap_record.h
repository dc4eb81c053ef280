// The record that a tap makes, and the name its photo gets.
#pragma once

#include <string>

#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

Record MakeRecord(const Person& person, const CardId& card, const LocalTime& now, WallTime read_at,
                  Status status, bool clock_synchronised);

// "<tamtap_id>_<First>_<Last>_<HHMMSS>_<AM|PM>.jpg", letters and digits of ASCII only.
std::string PhotoName(const Record& record);

}  // namespace tamtap
