// The record that a tap makes.
#pragma once

#include <string>

#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

Record MakeRecord(const Person& person, const CardId& card, const LocalTime& now, WallTime read_at,
                  Status status, bool clock_synchronised);

}  // namespace tamtap
