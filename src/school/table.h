// What a school's file holds, as a table of text: CSV as spreadsheets and other systems save it, or
// an Excel workbook. Whatever the file is, cells come out as UTF-8 in its composed form, without
// white space at their ends (no-break spaces and their like included); rows without text and empty
// cells at the end of a row mean nothing and are gone. Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap {

// Bounds of a file that a school can have; what is larger is refused before it costs memory.
inline constexpr size_t kMostFileBytes = 32 << 20;
inline constexpr size_t kMostRows = 100'000;
inline constexpr size_t kMostColumns = 256;
inline constexpr size_t kMostCells = 1'000'000;
// A workbook may name one text in as many cells as it likes, and a text is worth more work than its
// bytes in the file. No spreadsheet has a cell of more than 32,767 characters.
inline constexpr size_t kMostCellBytes = 128 << 10;
inline constexpr size_t kMostTextBytes = 64 << 20;  // of all cells

struct TableRow {
  size_t line = 0;  // where it begins in the file, from 1; in a workbook the row's number
  std::vector<std::string> cells;
  std::string error;  // why the row can't be believed; else empty

  std::string_view Cell(size_t column) const {
    return column < cells.size() ? std::string_view(cells[column]) : std::string_view();
  }
};

struct Table {
  std::vector<TableRow> rows;
  std::vector<std::string> notes;  // says to the user how the file was read, if that is not obvious
};

// kRejected, with a sentence about the file: it is nothing that can be read (it says what it is,
// and how to save it instead), or too large. Whoever shows the sentence names the file.
Result<Table> ReadTable(std::string_view bytes);

}  // namespace tamtap
