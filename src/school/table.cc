#include "school/table.h"

#include <fmt/core.h>

#include "base/ascii.h"
#include "base/text.h"
#include "school/csv_table.h"
#include "school/table_rows.h"
#include "school/workbook.h"

namespace tamtap {
namespace {

constexpr const char* kSaveAsTable =
    "open it in the spreadsheet and save it as .xlsx or \"CSV UTF-8\"";

struct Beginning {
  std::string_view bytes;
  const char* is;
  const char* hint;
};

// What a file is that people take for a list of theirs, by its first bytes.
constexpr Beginning kBeginnings[] = {
    {"\xD0\xCF\x11\xE0", "it is an Excel file of the old kind (.xls), or one with a password",
     kSaveAsTable},
    {"%PDF", "it is a PDF", "ask for the spreadsheet it was made from"},
    {"{\\rtf", "it is a text document (RTF)",
     "copy its table into a spreadsheet, save that as .xlsx"},
    {"\x1F\x8B", "it is compressed (gzip)", "unpack it first"},
    {"7z\xBC\xAF", "it is compressed (7z)", "unpack it first"},
    {"Rar!", "it is compressed (RAR)", "unpack it first"},
    {"\xFF\xD8\xFF", "it is a picture", "ask for the spreadsheet it shows"},
    {"\x89PNG", "it is a picture", "ask for the spreadsheet it shows"},
    {"SQLite format 3", "it is a database (SQLite)", "export a table of it as CSV"},
};

// The same for text, behind a byte-order mark and white space.
constexpr Beginning kTextBeginnings[] = {
    {"<", "it is a web page or XML, whatever its name ends in", kSaveAsTable},
    {"{", "it is JSON", "a tamtap_users.json is for `tamtap journal import`"},
    {"[{", "it is JSON", "save it as CSV"},
};

Result<> RefuseWhatIsNoTable(std::string_view bytes) {
  for (const Beginning& each : kBeginnings) {
    if (bytes.starts_with(each.bytes)) return NoTable(each.is, each.hint);
  }
  const std::string_view text = TrimSpace(bytes.substr(0, 1024));
  for (const Beginning& each : kTextBeginnings) {
    if (text.starts_with(each.bytes)) return NoTable(each.is, each.hint);
  }
  return {};
}

}  // namespace

Result<Table> ReadTable(std::string_view bytes) {
  if (bytes.size() > kMostFileBytes) {
    return NoTable(fmt::format("it has more than {} MB", kMostFileBytes >> 20), "divide it");
  }
  TAMTAP_RETURN_IF_ERROR(RefuseWhatIsNoTable(bytes));
  const bool zip = bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06");
  return zip ? ReadWorkbook(bytes) : ReadCsv(bytes);
}

}  // namespace tamtap
