// Rows of a table as they are read, held within the bounds of table.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "school/table.h"

namespace tamtap {

// The error of a file that can't be read: a sentence about it ("it is a PDF"). Whoever shows it
// names the file.
Error NoTable(std::string why, std::string hint);

class TableRows {
 public:
  // Puts a text, trimmed, into a column of the row that is being read, from 0. kRejected: too many.
  Result<> Put(size_t column, std::string_view text);
  // Ends the row. One without text and error is dropped.
  Result<> EndRow(size_t line, std::string error = {});
  bool empty() const { return rows_.empty(); }
  std::vector<TableRow> Take() { return std::move(rows_); }

 private:
  std::vector<TableRow> rows_;
  std::vector<std::string> cells_;
  size_t cell_count_ = 0;
  size_t text_bytes_ = 0;
};

}  // namespace tamtap
