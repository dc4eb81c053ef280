// Attendance documents as existing TamTap databases hold them: no `day`, `tap`, `person` or
// `tapped_at`, only nfc_id, names, date, time, session, status.
#pragma once

#include <boost/json/fwd.hpp>

#include "tap/record.h"

namespace tamtap::central {

// Ours as they are; theirs with what they have: day and time from `date`, person from `nfc_id`, the
// tap id empty, tapped_at_us 0. kRejected when not even a day and a card can be read.
Result<Attendance> AttendanceFromDocument(const boost::json::object& document);

// The forms in which an existing database may hold this card: as it is and, of a 4-byte UID, the
// decimal number that SimpleMFRC522 prints.
std::string DecimalForm(const CardId& card);  // "" if there is none

}  // namespace tamtap::central
