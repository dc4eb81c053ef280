#include "school/workbook.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "school/table_rows.h"
#include "school/workbook_parts.h"
#include "school/xml.h"
#include "school/zip_archive.h"

namespace tamtap {
namespace {

constexpr size_t kMostPartBytes = 4 << 20;
constexpr size_t kMostSheetBytes = 64 << 20;
constexpr const char* kRelations = "xl/_rels/workbook.xml.rels";
constexpr const char* kSharedStrings = "xl/sharedStrings.xml";
constexpr const char* kStyles = "xl/styles.xml";
constexpr const char* kWorkbook = "xl/workbook.xml";

struct Known {
  std::vector<std::string> texts;
  std::vector<bool> time_styles;
};

std::optional<size_t> NumberFrom(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// From 0; of "C5" it is 2. Far to the right, but bounded, for what is no column.
size_t ColumnOf(std::string_view cell) {
  size_t column = 0;
  for (const char c : cell) {
    if (c < 'A' || c > 'Z') break;
    column = std::min(column * 26 + static_cast<size_t>(c - 'A' + 1), kMostColumns + 1);
  }
  return column == 0 ? kMostColumns : column - 1;
}

class SheetPieces : public XmlPieces {
 public:
  SheetPieces(const Known& known, TableRows& rows) : known_(known), rows_(rows) {}

  Result<> Start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "row") {
      row_ = NumberFrom(attributes.Get("r")).value_or(row_ + 1);
      next_column_ = 0;
    } else if (name == "c") {
      const std::string_view place = attributes.Get("r");
      column_ = place.empty() ? next_column_ : ColumnOf(place);
      next_column_ = column_ + 1;
      kind_ = attributes.Get("t");
      const auto style = NumberFrom(attributes.Get("s"));
      time_style_ = style && *style < known_.time_styles.size() && known_.time_styles[*style];
      value_.clear();
    } else if (name == "rPh") {
      pronounced_ = true;
    } else if (name == "v" || name == "t") {
      in_value_ = !pronounced_;
    }
    return {};
  }

  void Text(std::string_view text) override {
    if (in_value_) value_ += text;
  }

  Result<> End(std::string_view name) override {
    if (name == "v" || name == "t") in_value_ = false;
    if (name == "rPh") pronounced_ = false;
    if (name == "c") return EndCell();
    if (name == "row") return rows_.EndRow(row_);
    return {};
  }

 private:
  Result<> EndCell() {
    if (kind_ == "s") {
      const auto which = NumberFrom(value_);
      if (!which || *which >= known_.texts.size()) {
        return NoTable(fmt::format("row {} names a text that is not there", row_),
                       "open it in the spreadsheet and save it again");
      }
      return rows_.Put(column_, known_.texts[*which]);
    }
    if (kind_ == "b") return rows_.Put(column_, value_ == "1" ? "TRUE" : "FALSE");
    if (kind_.empty() || kind_ == "n") return rows_.Put(column_, NumberText(value_, time_style_));
    return rows_.Put(column_, value_);
  }

  const Known& known_;
  TableRows& rows_;
  size_t row_ = 0;
  size_t column_ = 0;
  size_t next_column_ = 0;
  std::string kind_;
  std::string value_;
  bool time_style_ = false;
  bool in_value_ = false;
  bool pronounced_ = false;
};

// What a zip archive that is no workbook is, as far as it can be told.
Error NoWorkbook(ZipArchive& zip) {
  if (zip.Has("content.xml")) {
    return NoTable("it is an OpenDocument file (.ods)", "save it as .xlsx or \"CSV UTF-8\"");
  }
  if (zip.Has("Index/Document.iwa") || zip.Has("Index.zip")) {
    return NoTable("it is a Numbers file (.numbers)", "export it as Excel or CSV");
  }
  if (zip.Has("xl/workbook.bin")) {
    return NoTable("it is a binary workbook (.xlsb)", "save it as .xlsx or \"CSV UTF-8\"");
  }
  if (zip.Has("word/document.xml")) {
    return NoTable("it is a Word document",
                   "copy its table into a spreadsheet, save that as .xlsx");
  }
  return NoTable("it is a zip archive with no workbook in it",
                 "unpack it and import what is in it");
}

Result<Known> ReadKnown(ZipArchive& zip) {
  Known known;
  if (zip.Has(kSharedStrings)) {
    TAMTAP_TRY(const std::string xml, zip.Read(kSharedStrings, kMostSheetBytes));
    TAMTAP_TRY(known.texts, ReadSharedStrings(xml));
  }
  if (zip.Has(kStyles)) {
    TAMTAP_TRY(const std::string xml, zip.Read(kStyles, kMostPartBytes));
    TAMTAP_TRY(known.time_styles, ReadTimeStyles(xml));
  }
  return known;
}

}  // namespace

Result<Table> ReadWorkbook(std::string_view bytes) {
  TAMTAP_TRY(ZipArchive zip, ZipArchive::Open(bytes));
  if (!zip.Has(kWorkbook)) return NoWorkbook(zip);
  TAMTAP_TRY(const std::string workbook, zip.Read(kWorkbook, kMostPartBytes));
  TAMTAP_TRY(const std::vector<SheetName> sheets, ReadSheetNames(workbook));
  TAMTAP_TRY(const std::string relations, zip.Read(kRelations, kMostPartBytes));
  TAMTAP_TRY(const auto parts, ReadRelations(relations));
  TAMTAP_TRY(const Known known, ReadKnown(zip));
  const auto visible =
      std::count_if(sheets.begin(), sheets.end(), [](const auto& each) { return !each.hidden; });
  Table table;
  for (const SheetName& sheet : sheets) {
    const auto part = parts.find(sheet.relation);
    if (sheet.hidden || part == parts.end()) continue;
    TAMTAP_TRY(const std::string xml, zip.Read(part->second, kMostSheetBytes));
    TableRows rows;
    SheetPieces pieces(known, rows);
    TAMTAP_RETURN_IF_ERROR(ReadXml(xml, part->second, pieces));
    if (rows.empty()) continue;
    table.rows = rows.Take();
    if (visible > 1) {
      table.notes.push_back(
          fmt::format("it has {} sheets; only '{}' was read", visible, sheet.name));
    }
    break;
  }
  return table;
}

}  // namespace tamtap
