// Attendance documents as existing TamTap databases hold them: no `day`, `tap`, `person` or
// `tapped_at`, only nfc_id, names, date, time, session, status.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tap/record.h"

namespace tamtap::central {

// The fields of one of our records as existing TamTap software wants them in its database: of what
// staff said it wants the day alone, and no time, or it would show when they came.
boost::json::object FieldsForDatabase(const Record& record);

// The update that makes a document say this record, whatever staff said in it before.
boost::json::object ToSay(const Record& record);

// Ours as they are, from FieldsForDatabase too; theirs with what they have: day and time from
// `date`, person from `nfc_id`, the tap id empty, tapped_at_us 0. kRejected when not even a day and
// an id can be read.
Result<Attendance> AttendanceFromDocument(const boost::json::object& document);

// How an existing database may spell the card that named this person: as the person is named, in
// small letters, and of a 4-byte UID as the decimal numbers that readers print.
std::vector<std::string> SpellingsOf(std::string_view person);

}  // namespace tamtap::central
