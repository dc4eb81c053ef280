#include "school/table_rows.h"

#include <fmt/core.h>

#include "base/text.h"

namespace tamtap {

Error NoTable(std::string why, std::string hint) {
  return Error{ErrorCode::kRejected, std::move(why), 0, std::move(hint)};
}

Result<> TableRows::Put(size_t column, std::string_view text) {
  const std::string_view trimmed = TrimSpace(text);
  if (trimmed.empty()) return {};
  if (column >= kMostColumns) {
    return NoTable(fmt::format("it has more than {} columns", kMostColumns),
                   "keep those of people or of schedules");
  }
  if (trimmed.size() > kMostCellBytes) {
    return NoTable("a cell has more text than any spreadsheet takes", "look where a quote is open");
  }
  text_bytes_ += trimmed.size();
  if (text_bytes_ > kMostTextBytes) {
    return NoTable(fmt::format("its texts have more than {} MB", kMostTextBytes >> 20),
                   "divide it");
  }
  if (cells_.size() <= column) {
    cell_count_ += column + 1 - cells_.size();
    if (cell_count_ > kMostCells) {
      return NoTable(fmt::format("it has more than {} cells", kMostCells), "divide it");
    }
    cells_.resize(column + 1);
  }
  cells_[column] = Nfc(trimmed);
  return {};
}

Result<> TableRows::EndRow(size_t line, std::string error) {
  if (cells_.empty() && error.empty()) return {};
  if (rows_.size() == kMostRows) {
    return NoTable(fmt::format("it has more than {} rows", kMostRows), "divide it");
  }
  rows_.push_back({line, std::move(cells_), std::move(error)});
  cells_.clear();
  return {};
}

}  // namespace tamtap
