// Reads the body of POST /api/terminal/records, which has one record in each line. A line that is
// wrong has no effect on the other lines (law 9). Pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tap/record.h"

namespace tamtap {

struct RecordLine {
  std::string tap;        // the tap id in the line; empty if it has none
  Result<Record> record;  // kRejected: this line can never be stored; kRetry: not now
};

// Whether `terminal` may bring taps of that other name: an error says why not.
using MayBring = std::function<Result<>(const std::string& name)>;

// `terminal` is the terminal that sent the body. It may bring its own taps, those that were
// imported into its journal, and those that it recorded under a former name, if `may_bring` allows
// that. A tap of a name that it may not bring is never refused for good, because it may be the only
// copy. `encoding` is the request's Content-Encoding: "", "identity" or "gzip". kFull: the body has
// more lines, or more bytes after unpacking, than a request may have. kMisconfigured: another
// encoding. kCorrupt: the body is not the gzip that it claims to be.
Result<std::vector<RecordLine>> ReadRecordLines(std::string_view body, std::string_view encoding,
                                                std::string_view terminal,
                                                const MayBring& may_bring);

}  // namespace tamtap
