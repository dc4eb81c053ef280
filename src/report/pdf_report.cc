#include "report/pdf_report.h"

#include <fmt/core.h>
#include <hpdf.h>

#include <algorithm>

#include "base/text.h"

namespace tamtap {
namespace {

constexpr float kMargin = 28;
constexpr float kRow = 13;  // the height of one, in points
constexpr float kText = 7.5F;
constexpr float kTitle = 11;
constexpr float kPad = 2;  // between a cell's edge and its text
constexpr float kSigning = 48;

// The text in the encoding of the fonts that every reader has (Windows-1252); "?" for what is in
// none of these.
std::string WinAnsi(std::string_view text) {
  // 0x80 to 0x9f of Windows-1252.
  static constexpr char32_t kHigh[] = {
      0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
  std::string bytes;
  while (!text.empty()) {
    const char32_t code = TakeCodePoint(text);
    const char32_t* const high = std::find(std::begin(kHigh), std::end(kHigh), code);
    if ((code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff)) {
      bytes += static_cast<char>(code);
    } else if (code != 0 && high != std::end(kHigh)) {
      bytes += static_cast<char>(0x80 + (high - std::begin(kHigh)));
    } else {
      bytes += '?';
    }
  }
  return bytes;
}

class PdfReport final : public ReportSink {
 public:
  explicit PdfReport(std::string path) : path_(std::move(path)) {
    document_ = HPDF_New(NoteError, &error_);
    if (document_ == nullptr) return;
    HPDF_SetCompressionMode(document_, HPDF_COMP_ALL);
    plain_ = HPDF_GetFont(document_, "Helvetica", "WinAnsiEncoding");
    strong_ = HPDF_GetFont(document_, "Helvetica-Bold", "WinAnsiEncoding");
  }
  PdfReport(const PdfReport&) = delete;
  PdfReport& operator=(const PdfReport&) = delete;
  ~PdfReport() override {
    if (document_ != nullptr) HPDF_Free(document_);
  }

  Result<size_t> AddSheet(const ReportSheet& sheet) override {
    sheets_.push_back({sheet});
    Sheet& added = sheets_.back();
    double sum = 0;
    for (const ReportColumn& column : sheet.columns) sum += column.width;
    TAMTAP_RETURN_IF_ERROR(AddPage(sheets_.size() - 1));
    const float whole = HPDF_Page_GetWidth(added.page) - 2 * kMargin;
    float at = kMargin;
    for (const ReportColumn& column : sheet.columns) {
      const auto width = static_cast<float>(whole * column.width / std::max(sum, 1.0));
      added.edges.push_back({at, width});
      at += width;
    }
    HeadPage(added);
    return sheets_.size() - 1;
  }

  Result<> AddRow(size_t sheet, std::span<const Cell> cells) override {
    if (++rows_ > kMostPdfRows) {
      return Error{ErrorCode::kRejected, "write the PDF", 0,
                   fmt::format("it would have more than {} rows; ask for one section or for fewer "
                               "days, or for a workbook",
                               kMostPdfRows)};
    }
    Sheet& at = sheets_[sheet];
    if (at.y < kMargin + kRow) {
      TAMTAP_RETURN_IF_ERROR(AddPage(sheet));
      HeadPage(at);
    }
    for (size_t i = 0; i < cells.size() && i < at.edges.size(); ++i) DrawCell(at, i, cells[i]);
    Line(at, at.y - 3, 0.8F);
    at.y -= kRow;
    return Checked();
  }

  Result<> Finish() override {
    for (size_t i = 0; i < sheets_.size(); ++i) {
      if (sheets_[i].sheet.signers.empty()) continue;
      if (sheets_[i].y < kMargin + kSigning) TAMTAP_RETURN_IF_ERROR(AddPage(i));
      Sign(sheets_[i]);
    }
    TAMTAP_RETURN_IF_ERROR(Checked());
    if (sheets_.empty()) return Error{ErrorCode::kRejected, "write the PDF", 0, "it is empty"};
    NumberPages();
    HPDF_SaveToFile(document_, path_.c_str());
    return Checked();
  }

 private:
  struct Edge {
    float x = 0;
    float width = 0;
  };
  struct Sheet {
    ReportSheet sheet;
    std::vector<Edge> edges{};  // of the columns
    HPDF_Page first = nullptr;
    HPDF_Page page = nullptr;
    float y = 0;  // of the next row
    std::vector<HPDF_Page> pages{};
  };

  static void NoteError(HPDF_STATUS error, HPDF_STATUS detail, void* at) {
    auto* const kept = static_cast<std::pair<HPDF_STATUS, HPDF_STATUS>*>(at);
    if (kept->first == 0) *kept = {error, detail};
  }

  Result<> Checked() const {
    if (document_ != nullptr && error_.first == 0) return {};
    const bool memory = document_ == nullptr || error_.first == HPDF_FAILD_TO_ALLOC_MEM;
    return Error{memory ? ErrorCode::kRetry : ErrorCode::kFull, "write the PDF " + path_, 0,
                 fmt::format("libharu says {:#x}, {}", error_.first, error_.second)};
  }

  // Rows of several sheets come mixed, so a page goes before the first one of the next sheet.
  Result<> AddPage(size_t sheet) {
    TAMTAP_RETURN_IF_ERROR(Checked());
    HPDF_Page before = nullptr;
    for (size_t i = sheet + 1; i < sheets_.size() && before == nullptr; ++i) {
      before = sheets_[i].first;
    }
    const HPDF_Page page =
        before == nullptr ? HPDF_AddPage(document_) : HPDF_InsertPage(document_, before);
    TAMTAP_RETURN_IF_ERROR(Checked());
    HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_LANDSCAPE);
    Sheet& of = sheets_[sheet];
    if (of.first == nullptr) of.first = page;
    of.page = page;
    of.pages.push_back(page);
    of.y = HPDF_Page_GetHeight(page) - kMargin - kTitle;
    return Checked();
  }

  void HeadPage(Sheet& at) {
    for (const std::string& title : at.sheet.titles) {
      Write(at.page, strong_, &title == &at.sheet.titles.front() ? kTitle : kText + 1, kMargin,
            at.y, title);
      at.y -= kRow;
    }
    at.y -= kPad;
    for (size_t i = 0; i < at.edges.size(); ++i) {
      Fit(at, i, at.sheet.columns[i].name, strong_, false);
    }
    Line(at, at.y - 3, 0);
    at.y -= kRow;
  }

  void DrawCell(const Sheet& at, size_t column, const Cell& cell) {
    const Edge edge = at.edges[column];
    if (cell.look == CellLook::kHalfMark) {
      const float top = at.y + kRow - 4;
      HPDF_Page_MoveTo(at.page, edge.x, top);
      HPDF_Page_LineTo(at.page, edge.x + edge.width, top);
      HPDF_Page_LineTo(at.page, edge.x, at.y - 3);
      HPDF_Page_Fill(at.page);
      return;
    }
    const bool strong = cell.look == CellLook::kStrong;
    const std::string text = cell.is_number ? NumberText(cell.number) : std::string(cell.text);
    if (!text.empty()) {
      Fit(at, column, text, strong ? strong_ : plain_, cell.look == CellLook::kMark);
    }
  }

  // What is too long for its column is cut, and ends with dots.
  void Fit(const Sheet& at, size_t column, const std::string& text, HPDF_Font font, bool middle) {
    const Edge edge = at.edges[column];
    HPDF_Page_SetFontAndSize(at.page, font, kText);
    std::string bytes = WinAnsi(text);
    const float room = edge.width - kPad;
    float width = HPDF_Page_TextWidth(at.page, bytes.c_str());
    if (width > room) {
      while (!bytes.empty() && width > room) {
        bytes.pop_back();
        width = HPDF_Page_TextWidth(at.page, (bytes + "..").c_str());
      }
      bytes += bytes.empty() ? "" : "..";
    }
    const float x = middle ? edge.x + (edge.width - width) / 2 : edge.x + kPad;
    WriteBytes(at.page, x, at.y, bytes);
  }

  static void WriteBytes(HPDF_Page page, float x, float y, const std::string& bytes) {
    HPDF_Page_BeginText(page);
    HPDF_Page_TextOut(page, x, y, bytes.c_str());
    HPDF_Page_EndText(page);
  }

  static void Write(HPDF_Page page, HPDF_Font font, float size, float x, float y,
                    const std::string& text) {
    HPDF_Page_SetFontAndSize(page, font, size);
    WriteBytes(page, x, y, WinAnsi(text));
  }

  static void Line(const Sheet& at, float y, float grey) {
    HPDF_Page_SetLineWidth(at.page, 0.4F);
    HPDF_Page_SetGrayStroke(at.page, grey);
    HPDF_Page_MoveTo(at.page, kMargin, y);
    HPDF_Page_LineTo(at.page, HPDF_Page_GetWidth(at.page) - kMargin, y);
    HPDF_Page_Stroke(at.page);
  }

  void Sign(const Sheet& at) {
    const auto count = static_cast<float>(at.sheet.signers.size());
    const float each = (HPDF_Page_GetWidth(at.page) - 2 * kMargin) / std::max(count, 1.0F);
    float x = kMargin;
    for (const std::string& signer : at.sheet.signers) {
      HPDF_Page_SetGrayStroke(at.page, 0);
      HPDF_Page_MoveTo(at.page, x, at.y - 26);
      HPDF_Page_LineTo(at.page, x + std::min(each - 20, 200.0F), at.y - 26);
      HPDF_Page_Stroke(at.page);
      Write(at.page, plain_, kText, x, at.y - 36, signer);
      x += each;
    }
  }

  void NumberPages() {
    for (const Sheet& sheet : sheets_) {
      for (size_t i = 0; i < sheet.pages.size(); ++i) {
        Write(sheet.pages[i], plain_, kText, kMargin, kMargin - 14,
              fmt::format("{}   {} of {}", sheet.sheet.name, i + 1, sheet.pages.size()));
      }
    }
  }

  const std::string path_;
  std::pair<HPDF_STATUS, HPDF_STATUS> error_{0, 0};
  HPDF_Doc document_ = nullptr;
  HPDF_Font plain_ = nullptr;
  HPDF_Font strong_ = nullptr;
  std::vector<Sheet> sheets_;
  size_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<ReportSink>> OpenPdfFile(const std::string& path) {
  return std::unique_ptr<ReportSink>(std::make_unique<PdfReport>(path));
}

}  // namespace tamtap
