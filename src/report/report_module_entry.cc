// libtamtap_report.so: the room `report_files`, with libxlsxwriter and libharu, for the program to
// load.
#include "base/module.h"
#include "report/pdf_report.h"
#include "report/report_module.h"
#include "report/xlsx_report.h"

namespace {

constexpr tamtap::ReportModule kFunctions{tamtap::OpenXlsxFile, tamtap::OpenPdfFile};

}  // namespace

extern "C" {
[[gnu::visibility("default")]] extern const tamtap::ModuleEntry tamtap_module;
const tamtap::ModuleEntry tamtap_module = tamtap::EntryOf(&kFunctions);
}
