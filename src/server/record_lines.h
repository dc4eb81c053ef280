// The body of POST /api/terminal/records: one record a line. Pure; what is wrong with one line is
// that line's fate alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tap/record.h"

namespace tamtap {

struct RecordLine {
  std::string tap;        // as the line names it; empty if it does not
  Result<Record> record;  // kRejected: this line can never be stored; kRetry: not now
};

// Whether `terminal` may bring taps of that other name: an error says why not.
using MayBring = std::function<Result<>(const std::string& name)>;

// `terminal`: who sent it. It speaks for itself, and brings what was imported into its journal, and
// what it recorded under a former name, if `may_bring` lets it. A tap of a name that it may not
// bring is never refused for good: it may be that name's only copy.
// `encoding`: the request's Content-Encoding; "", "identity" and "gzip" are read.
// kFull: more lines, or more bytes once unpacked, than one request may hold. kMisconfigured:
// another encoding. kCorrupt: it is not the gzip that it is said to be.
Result<std::vector<RecordLine>> ReadRecordLines(std::string_view body, std::string_view encoding,
                                                std::string_view terminal,
                                                const MayBring& may_bring);

}  // namespace tamtap
