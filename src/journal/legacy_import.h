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
#include "tap/tap_id.h"

namespace tamtap::journal {

// The predecessor gave its taps no ids, so an imported tap's id (kImportTerminal's) is made from
// what makes it that tap: the card, and the school's local date and time as the file says them. The
// generation is the first 32 hexadecimal digits of the SHA-256 of these, the sequence number is 1.
// So the same file read twice, here or at another gate, gives the same ids.
TapId ImportedTapId(const Record& record);

// The id that version 0.1.0 gave the same tap; only to find those that it imported.
TapId FormerImportedTapId(const Record& record);

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
