// Reads the predecessor's JSON file (tamtap_users.json): {students{nfc->obj}, teachers{},
// attendance[], pending_attendance[]}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/journal.h"
#include "tap/imported_tap_id.h"
#include "tap/school.h"
#include "tap/school_time.h"

namespace tamtap::journal {

using tamtap::FormerImportedTapId;
using tamtap::ImportedTapId;

struct LegacyImport {
  // `attendance` is confirmed, `pending_attendance` is not. An entry that the file holds more than
  // once is one tap, and pending if one of them is.
  std::vector<ImportedTap> taps;
  size_t repeated = 0;  // entries that were left out for that
  std::vector<Person> people;
  std::vector<std::string> errors;  // entries that can't be read: "attendance[3]: ..."
};

// `bytes` are UTF-8, with or without a byte-order mark, or UTF-16 with one. kRejected: no such
// file's content at all.
Result<LegacyImport> ReadLegacyFile(std::string_view bytes, const TimeZone& zone);

}  // namespace tamtap::journal
