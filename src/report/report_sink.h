// ReportSink: where a report goes, row by row: an Excel workbook, a PDF to print, or CSV. It knows
// nothing of what the rows mean; attendance_report.h, month_register.h and student_report.h do.
//
// Rows of several sheets may come mixed, those of one sheet in their order. One thread uses a sink.
// The file is there, whole, when Finish() has returned.
#pragma once

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap {

enum class CellLook {
  kPlain,
  kStrong,    // totals, and the headings of groups
  kMark,      // in the middle of a narrow column
  kHalfMark,  // "late" of a register: the upper half of the cell is filled
};

struct Cell {
  std::string_view text = {};
  CellLook look = CellLook::kPlain;
  bool is_number = false;
  double number = 0;

  static Cell Number(double value, CellLook look = CellLook::kPlain) {
    return {{}, look, true, value};
  }
};

struct ReportColumn {
  std::string name;
  double width = 10;  // in characters
};

struct ReportSheet {
  std::string name;
  std::vector<std::string> titles;  // a line each, above the columns
  std::vector<ReportColumn> columns;
  std::vector<std::string> signers = {};  // who signs beneath, on paper
};

class ReportSink {
 public:
  virtual ~ReportSink() = default;
  // Returns the number of the sheet, from 0.
  virtual Result<size_t> AddSheet(const ReportSheet& sheet) = 0;
  virtual Result<> AddRow(size_t sheet, std::span<const Cell> cells) = 0;
  virtual Result<> Finish() = 0;
};

// "98.50" of 98.5 and "7" of 7: a number as people read it in a report.
inline std::string NumberText(double number) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%.2f", number);
  std::string_view shown(text, length > 0 ? static_cast<size_t>(length) : 0);
  if (shown.ends_with(".00")) shown.remove_suffix(3);
  return std::string(shown);
}

// CSV at `path`, as spreadsheets read it: with a byte-order mark, and formulas defused. Titles
// stand above the columns only if there is more than one sheet.
Result<std::unique_ptr<ReportSink>> OpenCsvReport(const std::string& path);

// The others are in the module libtamtap_report.so (report_module.h), which is loaded for the first
// report: a gate has no use for what they need. `path` is a file that does not exist yet, and what
// they put aside meanwhile lies in its directory.
Result<std::unique_ptr<ReportSink>> OpenXlsxReport(const std::string& path);
Result<std::unique_ptr<ReportSink>> OpenPdfReport(const std::string& path);

}  // namespace tamtap
