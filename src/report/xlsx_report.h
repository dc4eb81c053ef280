// An Excel workbook as a ReportSink. Memory does not grow with the rows: what is written lies in
// files beside the workbook until it is finished.
#pragma once

#include <memory>
#include <string>

#include "report/report_sink.h"

namespace tamtap {

Result<std::unique_ptr<ReportSink>> OpenXlsxFile(const std::string& path);

}  // namespace tamtap
