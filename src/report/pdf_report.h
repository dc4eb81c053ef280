// A PDF as a ReportSink: A4 across, a table a sheet, the columns' names on every page, and lines to
// sign on the last one. All pages are in memory until it is finished.
#pragma once

#include <memory>
#include <string>

#include "report/report_sink.h"

namespace tamtap {

// How many rows a PDF takes. What is longer nobody prints.
inline constexpr size_t kMostPdfRows = 20'000;

Result<std::unique_ptr<ReportSink>> OpenPdfFile(const std::string& path);

}  // namespace tamtap
