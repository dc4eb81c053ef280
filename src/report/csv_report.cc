#include "base/csv_cell.h"
#include "base/disk.h"
#include "report/report_sink.h"

namespace tamtap {
namespace {

constexpr size_t kPiece = 256 << 10;
constexpr size_t kDigitsKept = 11;  // of a number, by a spreadsheet that shows it

// A spreadsheet would take it for a number, and shorten it or drop its zeros: a card, an LRN.
bool IsLongNumber(std::string_view text) {
  if (text.size() < 2 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return false;
  return text.size() > kDigitsKept || text.front() == '0';
}

std::string TextOf(const Cell& cell) {
  if (cell.is_number) return NumberText(cell.number);
  if (cell.look == CellLook::kHalfMark) return "late";
  if (IsLongNumber(cell.text)) return "'" + std::string(cell.text);
  return CsvCell(cell.text);
}

class CsvReport final : public ReportSink {
 public:
  explicit CsvReport(std::unique_ptr<File> file) : file_(std::move(file)), text_(kByteOrderMark) {}

  // A file of CSV has one table: those of further sheets follow each other, rows as they come.
  Result<size_t> AddSheet(const ReportSheet& sheet) override {
    if (sheets_ == 0) {
      std::string_view before;
      for (const ReportColumn& column : sheet.columns) {
        text_ += before;
        text_ += CsvCell(column.name);
        before = ",";
      }
      text_ += '\n';
    }
    return sheets_++;
  }

  Result<> AddRow(size_t, std::span<const Cell> cells) override {
    std::string_view before;
    for (const Cell& cell : cells) {
      text_ += before;
      before = ",";
      text_ += TextOf(cell);
    }
    text_ += '\n';
    return text_.size() < kPiece ? Result<>() : WriteOut();
  }

  Result<> Finish() override { return WriteOut(); }

 private:
  Result<> WriteOut() {
    TAMTAP_RETURN_IF_ERROR(file_->WriteAt(written_, text_));
    written_ += text_.size();
    text_.clear();
    return {};
  }

  const std::unique_ptr<File> file_;
  std::string text_;
  uint64_t written_ = 0;
  size_t sheets_ = 0;
};

}  // namespace

Result<std::unique_ptr<ReportSink>> OpenCsvReport(const std::string& path) {
  TAMTAP_TRY(auto file, PosixDisk().Open(path, OpenMode::kCreateReadWrite));
  return std::unique_ptr<ReportSink>(std::make_unique<CsvReport>(std::move(file)));
}

}  // namespace tamtap
