#include "school/csv_table.h"

#include <fmt/core.h>

#include <array>

#include "base/ascii.h"
#include "base/text.h"
#include "school/table_rows.h"

namespace tamtap {
namespace {

constexpr std::string_view kSeparators = ",;\t";  // of two that stand equally often, the first
constexpr size_t kRowsToLookAt = 20;

std::string_view NoteOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "";
    case Encoding::kUtf16:
      return "it is UTF-16, and was read as that";
    case Encoding::kWindows1252:
      return "it is not UTF-8, and was read as Windows-1252; look at names with special letters";
  }
  return "";
}

// Takes "sep=;" and its line end off the front of `text`, which still begins with line `line`.
char TakeSaidSeparator(std::string_view& text, size_t& line) {
  constexpr std::string_view kSays = "sep=";
  const size_t end = std::min(text.find_first_of("\r\n"), text.size());
  if (end != kSays.size() + 1 || LowerAscii(text.substr(0, kSays.size())) != kSays) return 0;
  const char separator = text[kSays.size()];
  if (kSeparators.find(separator) == std::string_view::npos) return 0;
  text.remove_prefix(end);
  const bool two = text.starts_with("\r\n");
  text.remove_prefix(std::min<size_t>(two ? 2 : 1, text.size()));
  ++line;
  return separator;
}

char MostFrequentSeparator(std::string_view text) {
  std::array<size_t, kSeparators.size()> counts{};
  bool quoted = false;
  size_t rows = 0;
  for (size_t i = 0; i < text.size() && rows < kRowsToLookAt; ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '\n' || text[i] == '\r') ++rows;
    const size_t which = kSeparators.find(text[i]);
    if (which != std::string_view::npos) ++counts[which];
  }
  size_t most = 0;
  for (size_t which = 1; which < counts.size(); ++which) {
    if (counts[which] > counts[most]) most = which;
  }
  return kSeparators[most];
}

// Goes through the text once and gives each cell and each row to TableRows.
class CsvReader {
 public:
  CsvReader(std::string_view text, char separator, size_t first_line)
      : text_(text), separator_(separator), line_(first_line), row_line_(first_line) {}

  Result<> Read(TableRows& rows) {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quoted_) {
        ReadQuoted(c);
      } else if (c == '"' && !was_quoted_ && TrimSpace(cell_).empty()) {
        cell_.clear();
        quoted_ = was_quoted_ = true;
      } else if (c == separator_) {
        TAMTAP_RETURN_IF_ERROR(EndCell(rows));
      } else if (c == '\n' || c == '\r') {
        PassLineEnd();
        TAMTAP_RETURN_IF_ERROR(EndRow(rows, {}));
      } else {
        cell_ += c;
      }
    }
    return EndRow(rows, quoted_ ? "a quote is opened and never closed" : "");
  }

 private:
  // A line end within quotes belongs to the cell.
  void ReadQuoted(char c) {
    if (c == '"') {
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        cell_ += '"';
        ++at_;
      } else {
        quoted_ = false;
      }
      return;
    }
    if (c == '\n' || c == '\r') {
      PassLineEnd();
      cell_ += '\n';
    } else {
      cell_ += c;
    }
  }

  // CR and LF side by side are one.
  void PassLineEnd() {
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++line_;
  }

  Result<> EndCell(TableRows& rows) {
    TAMTAP_RETURN_IF_ERROR(rows.Put(column_, cell_));
    ++column_;
    cell_.clear();
    was_quoted_ = false;
    return {};
  }

  Result<> EndRow(TableRows& rows, std::string error) {
    TAMTAP_RETURN_IF_ERROR(EndCell(rows));
    TAMTAP_RETURN_IF_ERROR(rows.EndRow(row_line_, std::move(error)));
    column_ = 0;
    row_line_ = line_;
    return {};
  }

  const std::string_view text_;
  const char separator_;
  size_t at_ = 0;
  size_t line_;
  size_t row_line_;
  size_t column_ = 0;
  std::string cell_;
  bool quoted_ = false;
  bool was_quoted_ = false;
};

}  // namespace

Result<Table> ReadCsv(std::string_view bytes) {
  TAMTAP_TRY(const DecodedText decoded, DecodeSpreadsheet(bytes));
  Table table;
  if (const auto note = NoteOf(decoded.encoding); !note.empty()) table.notes.emplace_back(note);
  std::string_view text = decoded.text;
  size_t line = 1;
  const char said = TakeSaidSeparator(text, line);
  TableRows rows;
  CsvReader reader(text, said != 0 ? said : MostFrequentSeparator(text), line);
  TAMTAP_RETURN_IF_ERROR(reader.Read(rows));
  table.rows = rows.Take();
  return table;
}

}  // namespace tamtap
