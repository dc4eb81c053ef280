// From a person, a card and a moment to the record that the journal keeps.
#pragma once

#include <string>
#include <string_view>

#include "panel/panel.h"
#include "tap/record.h"
#include "tap/refusal_record.h"
#include "tap/school_time.h"
#include "terminal/visit.h"

namespace tamtap {

// `day` ("YYYY-MM-DD") is the day of whose classes the tap is: the day of `time`, or the one before
// it. If nobody vouches for that time, the record is marked as unsure. The tap id is still empty:
// the journal gives it.
Record MakeRecord(const Person& person, const CardId& card, const TapTime& time,
                  std::string_view day, Status status);

// What is kept of a card that was turned away; `ack` says why. `person` is null if nobody knows the
// card. The id is still empty: the journal gives it.
RefusalRecord MakeRefusal(const Ack& ack, const Person* person, const TapTime& time);

}  // namespace tamtap
