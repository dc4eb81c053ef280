// Any bytes as the XML within a workbook: rows of its sheet, shared texts and styles, with a zero
// byte between them. They are zipped first, since hardly any bytes are an archive whose checksums
// fit.
#include <array>
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "school/workbook.h"
#include "school/workbook_fixture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tamtap;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string_view, 3> parts;
  for (std::string_view& part : parts) {
    const size_t end = std::min(rest.find('\0'), rest.size());
    part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto table = ReadWorkbook(Workbook(parts[0], parts[1], parts[2]));
  if (!table) {
    CHECK(!table.error().Message().empty());
    return 0;
  }
  for (const TableRow& row : table->rows) {
    CHECK(!row.cells.empty() && !row.cells.back().empty());
    for (const std::string& cell : row.cells) CHECK(IsUtf8(cell) && TrimSpace(cell) == cell);
  }
  return 0;
}
