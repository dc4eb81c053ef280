// The functions of the module libtamtap_report.so (base/module.h).
#pragma once

#include <memory>
#include <string>

#include "report/report_sink.h"

namespace tamtap {

struct ReportModule {
  Result<std::unique_ptr<ReportSink>> (*open_xlsx)(const std::string& path);
  Result<std::unique_ptr<ReportSink>> (*open_pdf)(const std::string& path);
};

}  // namespace tamtap
