#include "report/report_module.h"

#include "base/module.h"

namespace tamtap {

Result<std::unique_ptr<ReportSink>> OpenXlsxReport(const std::string& path) {
  TAMTAP_TRY(const void* const functions, LoadModule("report"));
  return static_cast<const ReportModule*>(functions)->open_xlsx(path);
}

Result<std::unique_ptr<ReportSink>> OpenPdfReport(const std::string& path) {
  TAMTAP_TRY(const void* const functions, LoadModule("report"));
  return static_cast<const ReportModule*>(functions)->open_pdf(path);
}

}  // namespace tamtap
