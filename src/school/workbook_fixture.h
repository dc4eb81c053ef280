// Workbooks for tests, made as Excel makes them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tamtap {

using ZipEntries = std::vector<std::pair<std::string, std::string>>;  // name, content

// A zip archive of these entries, packed.
std::string Zip(const ZipEntries& entries);

// A workbook of one sheet with these elements within <sheetData>. `texts` are the shared strings as
// <si> elements, `styles` what stands within <styleSheet>.
std::string Workbook(std::string_view sheet_data, std::string_view texts = {},
                     std::string_view styles = {});

// The parts of that workbook, to be changed before they are zipped.
ZipEntries WorkbookParts(std::string_view sheet_data, std::string_view texts = {},
                         std::string_view styles = {});

// A row of cells as texts of their own: Row(2, {"Ana", "Narra"}).
std::string Row(int number, const std::vector<std::string>& cells);

}  // namespace tamtap
