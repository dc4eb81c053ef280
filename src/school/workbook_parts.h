// The parts of a workbook beside its sheets, and what a cell's value means by them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap {

struct SheetName {
  std::string name;
  std::string relation;  // names the sheet's part in the relations
  bool hidden = false;
};

// workbook.xml: the sheets in their order.
Result<std::vector<SheetName>> ReadSheetNames(std::string_view xml);
// workbook.xml.rels: from a relation to the part of the archive.
Result<std::map<std::string, std::string>> ReadRelations(std::string_view xml);
// sharedStrings.xml: texts that cells name by their number.
Result<std::vector<std::string>> ReadSharedStrings(std::string_view xml);
// styles.xml: for each style of cells, whether it shows a number as a time of day.
Result<std::vector<bool>> ReadTimeStyles(std::string_view xml);

// "7", "2710951593", "0.291666666666667"; with `time_style` "07:00:00", up to "47:59:59". What is
// no number comes back as it is.
std::string NumberText(std::string_view value, bool time_style);

}  // namespace tamtap
