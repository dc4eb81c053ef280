// Reads the predecessor's JSON file (tamtap_users.json): {students{nfc->obj}, teachers{},
// attendance[], pending_attendance[]}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/journal.h"
#include "tap/school.h"
#include "tap/school_time.h"

namespace tamtap::journal {

struct LegacyImport {
  std::vector<ImportedTap> taps;  // attendance is confirmed, pending_attendance is not
  std::vector<Person> people;
  std::vector<std::string> errors;  // entries that can't be read: "attendance[3]: ..."
};

// A tap of the predecessor has no id; it gets one made from its content (terminal "import"), so
// that the same file read twice, here or at another gate, gives the same taps. kRejected: no such
// file's content at all.
Result<LegacyImport> ReadLegacyFile(std::string_view text, const TimeZone& zone);

}  // namespace tamtap::journal
