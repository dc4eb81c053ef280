#include "school/columns.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/csv_cell.h"
#include "base/text.h"
#include "base/visible.h"
#include "school/table_rows.h"

namespace tamtap {
namespace {

constexpr size_t kShownCharacters = 40;

std::string Quoted(std::string_view text) {
  return fmt::format("'{}'", Shortened(text, kShownCharacters));
}

bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

std::string Listed(const std::vector<std::string>& words, std::string_view last) {
  if (words.size() < 2) return words.empty() ? std::string() : words.front();
  return fmt::format("{} {} {}", fmt::join(words.begin(), words.end() - 1, ", "), last,
                     words.back());
}

}  // namespace

std::string ColumnKey(std::string_view header) {
  std::string key;
  int depth = 0;
  for (const char c : LowerAscii(ToAscii(header, "?"))) {
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') depth = std::max(depth - 1, 0);
    const bool counts = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '#' || c == '?';
    if (counts && depth == 0) key += c;
  }
  return key;
}

std::optional<size_t> KindOf(std::string_view header, std::span<const ColumnKind> kinds) {
  const std::string key = ColumnKey(WithoutGuard(header));
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    if (HasWord(kinds[kind].keys, key)) return kind;
  }
  for (const std::string_view whose : {"students", "student", "learners", "learner"}) {
    if (!key.starts_with(whose) || key.size() == whose.size()) continue;
    if (const auto kind = KindOf(key.substr(whose.size()), kinds)) return kind;
  }
  return std::nullopt;
}

Result<Columns> Columns::FromHeader(const TableRow& header, std::span<const ColumnKind> kinds) {
  Columns columns;
  columns.column_of_.resize(kinds.size());
  columns.named_.resize(header.cells.size());
  std::vector<std::string> unknown;
  std::vector<std::string> faults;
  for (size_t column = 0; column < header.cells.size(); ++column) {
    const std::string& name = header.cells[column];
    if (name.empty()) continue;
    columns.named_[column] = true;
    const auto kind = KindOf(name, kinds);
    if (!kind) {
      unknown.push_back(Quoted(name));
    } else if (!kinds[*kind].kept) {
      columns.passed_over_.push_back(name);
    } else if (const auto earlier = columns.column_of_[*kind]) {
      faults.push_back(fmt::format("{} and {} are both {}", Quoted(header.cells[*earlier]),
                                   Quoted(name), kinds[*kind].thing));
    } else {
      columns.column_of_[*kind] = column;
    }
  }
  std::vector<std::string> missing;
  std::vector<std::string_view> usual;
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    if (!kinds[kind].kept) continue;
    if (!kinds[kind].name.empty()) usual.push_back(kinds[kind].name);
    if (kinds[kind].needed && !columns.Has(kind)) missing.emplace_back(kinds[kind].thing);
  }
  if (!missing.empty()) {
    faults.insert(faults.begin(), fmt::format("there is no column for {}", Listed(missing, "and")));
  }
  if (!unknown.empty()) {
    faults.push_back(fmt::format("nothing is known as {}", Listed(unknown, "or")));
  }
  if (faults.empty()) return columns;
  return NoTable(fmt::format("line {}: {}", header.line, Listed(faults, "and")),
                 fmt::format("name the columns {}, in any order, and take others out",
                             fmt::join(usual, ", ")));
}

Columns Columns::InOrder(std::span<const ColumnKind> kinds) {
  Columns columns;
  for (size_t kind = 0; kind < kinds.size() && kinds[kind].kept; ++kind) {
    columns.column_of_.push_back(kind);
    columns.named_.push_back(true);
  }
  columns.column_of_.resize(kinds.size());
  return columns;
}

std::string_view Columns::Cell(const TableRow& row, size_t kind) const {
  const auto column = column_of_[kind];
  return column ? TrimSpace(WithoutGuard(row.Cell(*column))) : std::string_view();
}

std::string Columns::Misfit(const TableRow& row) const {
  for (size_t column = 0; column < row.cells.size(); ++column) {
    if (row.cells[column].empty()) continue;
    if (column >= named_.size() || !named_[column]) {
      return fmt::format("{} stands in column {}, which has no name", Quoted(row.cells[column]),
                         column + 1);
    }
  }
  return {};
}

std::string CellFault(std::string_view cell) {
  const size_t characters = CountCharacters(cell);
  if (characters > kMostCellCharacters) {
    return fmt::format("a cell of {} characters; at most {} are allowed", characters,
                       kMostCellCharacters);
  }
  if (VisibleLine(cell) != cell) return "a cell with a line break or control character";
  for (const std::string_view fault :
       {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}) {
    if (cell == fault) return fmt::format("{} is an error of the spreadsheet's", Quoted(cell));
  }
  return {};
}

}  // namespace tamtap
