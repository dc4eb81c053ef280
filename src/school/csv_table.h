// CSV (RFC 4180) as it is found: with commas, semicolons or tabs, quotes, any kind of line end.
#pragma once

#include <string_view>

#include "base/result.h"
#include "school/table.h"

namespace tamtap {

// The separator is the one of the three that stands most often in the first rows; a first line
// "sep=;", as Excel reads and writes it, says so itself. For kRejected see ReadTable.
Result<Table> ReadCsv(std::string_view bytes);

}  // namespace tamtap
