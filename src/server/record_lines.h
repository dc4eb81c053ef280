// The body of POST /api/terminal/records: one record a line. Pure; what is wrong with one line is
// that line's fate alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tap/record.h"

namespace tamtap {

struct RecordLine {
  std::string tap;        // as the line names it; empty if it does not
  Result<Record> record;  // kRejected: this line can never be stored
};

// `terminal`: who sent it. It speaks for itself, and brings what was imported into its journal.
// `encoding`: the request's Content-Encoding; "", "identity" and "gzip" are read.
// kFull: more lines, or more bytes once unpacked, than one request may hold. kMisconfigured:
// another encoding. kCorrupt: it is not the gzip that it is said to be.
Result<std::vector<RecordLine>> ReadRecordLines(std::string_view body, std::string_view encoding,
                                                std::string_view terminal);

}  // namespace tamtap
