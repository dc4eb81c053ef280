// Which column of a sheet is what, by its header. Schools name columns in many ways and put them in
// any order; a header is believed or refused, never guessed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "school/table.h"

namespace tamtap {

// One thing that a sheet says of a person or a section.
struct ColumnKind {
  std::string name;   // as our own sheets write it; empty: no sentence offers it
  std::string thing;  // as sentences call it: "the first name"
  std::string keys;   // what ColumnKey makes of the names that it goes by, with blanks between them
  bool needed = false;
  bool kept = true;  // false: known, and passed over
};

// A header's cell without what makes no difference: lower case, letters and digits alone, marks off
// letters, what stands in brackets left out.
std::string ColumnKey(std::string_view header);

// Which of `kinds` a header's cell names.
std::optional<size_t> KindOf(std::string_view header, std::span<const ColumnKind> kinds);

class Columns {
 public:
  // kRejected, in one sentence: columns that nobody knows, two for one thing, or none for what is
  // needed.
  static Result<Columns> FromHeader(const TableRow& header, std::span<const ColumnKind> kinds);
  // Columns in the order of `kinds`.
  static Columns InOrder(std::span<const ColumnKind> kinds);

  bool Has(size_t kind) const { return column_of_[kind].has_value(); }
  // The cell of a row, without the guard of our own exports (base/csv_cell.h).
  std::string_view Cell(const TableRow& row, size_t kind) const;
  // Why a row does not belong under this header (it has cells under no name); else empty.
  std::string Misfit(const TableRow& row) const;
  // The header's own names of what is passed over.
  const std::vector<std::string>& passed_over() const { return passed_over_; }

 private:
  std::vector<std::optional<size_t>> column_of_;  // by kind
  std::vector<bool> named_;                       // by column
  std::vector<std::string> passed_over_;
};

// Why the text of a cell can't be stored: too long, a line break, an error of the spreadsheet's
// ("#N/A"). Empty if it can.
std::string CellFault(std::string_view cell);
inline constexpr size_t kMostCellCharacters = 200;

// How far down a header is looked for: titles may stand above it.
inline constexpr size_t kMostRowsAboveHeader = 10;

}  // namespace tamtap
