#include "report/xlsx_report.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/disk.h"
#include "base/text.h"

namespace tamtap {
namespace {

constexpr size_t kLongestSheetName = 31;  // characters, Excel's bound
constexpr const char* kHalf = "\u25E4";   // the upper left half of a cell, filled
constexpr lxw_row_t kMostRowsOfASheet = 1'000'000;

Error Failed(const std::string& path, lxw_error error) {
  return Error{error == LXW_ERROR_MEMORY_MALLOC_FAILED ? ErrorCode::kRetry : ErrorCode::kFull,
               "write the workbook " + path, 0, lxw_strerror(error)};
}

class XlsxReport final : public ReportSink {
 public:
  explicit XlsxReport(std::string path) : path_(std::move(path)) {
    directory_ = ParentDirectory(path_);
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = directory_.data();
    book_ = workbook_new_opt(path_.c_str(), &options);
    if (book_ == nullptr) return;
    header_ = Format([](lxw_format* format) {
      format_set_bold(format);
      format_set_bottom(format, LXW_BORDER_THIN);
      format_set_text_wrap(format);
      format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    });
    strong_ = Format([](lxw_format* format) { format_set_bold(format); });
    mark_ = Format([](lxw_format* format) { format_set_align(format, LXW_ALIGN_CENTER); });
  }
  XlsxReport(const XlsxReport&) = delete;
  XlsxReport& operator=(const XlsxReport&) = delete;
  ~XlsxReport() override {
    if (book_ != nullptr) lxw_workbook_free(book_);
  }

  Result<size_t> AddSheet(const ReportSheet& sheet) override {
    if (book_ == nullptr) return Failed(path_, LXW_ERROR_MEMORY_MALLOC_FAILED);
    const std::string name = FreeName(sheet.name);
    lxw_worksheet* const made = workbook_add_worksheet(book_, name.c_str());
    if (made == nullptr) return Failed(path_, LXW_ERROR_SHEETNAME_ALREADY_USED);
    worksheet_set_landscape(made);
    worksheet_set_paper(made, 9);  // A4
    worksheet_fit_to_pages(made, 1, 0);
    for (size_t i = 0; i < sheet.columns.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      worksheet_set_column(made, column, column, sheet.columns[i].width, nullptr);
    }
    lxw_row_t row = 0;
    for (const std::string& title : sheet.titles) {
      TAMTAP_RETURN_IF_ERROR(Put(made, row, 0, title, strong_));
      ++row;
    }
    if (row > 0) ++row;
    for (size_t i = 0; i < sheet.columns.size(); ++i) {
      TAMTAP_RETURN_IF_ERROR(
          Put(made, row, static_cast<lxw_col_t>(i), sheet.columns[i].name, header_));
    }
    worksheet_repeat_rows(made, row, row);
    worksheet_freeze_panes(made, row + 1, 0);
    sheets_.push_back({made, row + 1, sheet.signers});
    return sheets_.size() - 1;
  }

  Result<> AddRow(size_t sheet, std::span<const Cell> cells) override {
    Sheet& at = sheets_[sheet];
    if (at.next >= kMostRowsOfASheet) {
      return Error{ErrorCode::kRejected, "write the workbook", 0,
                   "a sheet takes a million rows; ask for fewer days"};
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      const Cell& cell = cells[i];
      const auto column = static_cast<lxw_col_t>(i);
      lxw_format* const format = FormatOf(cell.look);
      if (cell.is_number) {
        const lxw_error error =
            worksheet_write_number(at.sheet, at.next, column, cell.number, format);
        if (error != LXW_NO_ERROR) return Failed(path_, error);
      } else if (cell.look == CellLook::kHalfMark) {
        TAMTAP_RETURN_IF_ERROR(Put(at.sheet, at.next, column, kHalf, format));
      } else if (!cell.text.empty()) {
        TAMTAP_RETURN_IF_ERROR(Put(at.sheet, at.next, column, cell.text, format));
      }
    }
    ++at.next;
    return {};
  }

  Result<> Finish() override {
    for (Sheet& each : sheets_) {
      lxw_row_t row = each.next + 2;
      for (const std::string& signer : each.signers) {
        TAMTAP_RETURN_IF_ERROR(Put(each.sheet, row, 0, "________________________", nullptr));
        TAMTAP_RETURN_IF_ERROR(Put(each.sheet, row + 1, 0, signer, nullptr));
        row += 3;
      }
    }
    if (book_ == nullptr) return Failed(path_, LXW_ERROR_MEMORY_MALLOC_FAILED);
    const lxw_error error = workbook_close(book_);  // which frees it too
    book_ = nullptr;
    if (error != LXW_NO_ERROR) return Failed(path_, error);
    return {};
  }

 private:
  struct Sheet {
    lxw_worksheet* sheet = nullptr;
    lxw_row_t next = 0;
    std::vector<std::string> signers;
  };

  template <typename Set>
  lxw_format* Format(Set set) {
    lxw_format* const format = workbook_add_format(book_);
    if (format != nullptr) set(format);
    return format;
  }

  lxw_format* FormatOf(CellLook look) const {
    switch (look) {
      case CellLook::kPlain:
        return nullptr;
      case CellLook::kStrong:
        return strong_;
      case CellLook::kMark:
      case CellLook::kHalfMark:
        return mark_;
    }
    return nullptr;
  }

  // Always as text: what people wrote is never a formula.
  Result<> Put(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, std::string_view text,
               lxw_format* format) {
    cell_ = text;
    const lxw_error error = worksheet_write_string(sheet, row, column, cell_.c_str(), format);
    if (error == LXW_NO_ERROR) return {};
    return Failed(path_, error);
  }

  // Excel's rules: 31 characters, none of []:*?/\, no ' at either end, no name twice in any case.
  std::string FreeName(std::string_view wanted) {
    std::string name;
    size_t characters = 0;
    while (!wanted.empty() && characters < kLongestSheetName) {
      const size_t length = std::max<size_t>(Utf8Length(wanted), 1);
      const char first = wanted.front();
      const bool bad = std::string_view("[]:*?/\\").find(first) != std::string_view::npos ||
                       static_cast<unsigned char>(first) < 0x20;
      name += bad ? "-" : std::string(wanted.substr(0, length));
      wanted.remove_prefix(std::min(length, wanted.size()));
      ++characters;
    }
    for (const bool front : {true, false}) {
      if (name.empty()) break;
      char& end = front ? name.front() : name.back();
      if (end == '\'') end = '-';
    }
    if (name.empty()) name = "-";
    std::string free = name;
    for (int number = 2; !names_.insert(LowerAscii(free)).second; ++number) {
      const std::string tail = " " + std::to_string(number);
      std::string shorter = name;
      while (CountCharacters(shorter) + tail.size() > kLongestSheetName) {
        shorter.pop_back();
        while (!shorter.empty() && !IsUtf8(shorter)) shorter.pop_back();
      }
      free = shorter + tail;
    }
    return free;
  }

  const std::string path_;
  std::string directory_;
  std::string cell_;  // with the zero that the library wants
  lxw_workbook* book_ = nullptr;
  lxw_format* header_ = nullptr;
  lxw_format* strong_ = nullptr;
  lxw_format* mark_ = nullptr;
  std::vector<Sheet> sheets_;
  std::set<std::string> names_;
};

}  // namespace

Result<std::unique_ptr<ReportSink>> OpenXlsxFile(const std::string& path) {
  return std::unique_ptr<ReportSink>(std::make_unique<XlsxReport>(path));
}

}  // namespace tamtap
