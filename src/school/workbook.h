// Excel workbooks (.xlsx, .xlsm): a zip archive of XML.
#pragma once

#include <string_view>

#include "base/result.h"
#include "school/table.h"

namespace tamtap {

// The first sheet that is not hidden and has rows. Of formulas the value that was saved last. A
// number reads as its digits ("7", never "7.0"); one that a spreadsheet no longer knows exactly (16
// digits and more) with its exponent, "1.23456789012345E+16". A time of day reads as "07:00:00"
// where the cell is formatted as one, and as the fraction of a day that it is where not. For
// kRejected see ReadTable.
Result<Table> ReadWorkbook(std::string_view bytes);

}  // namespace tamtap
