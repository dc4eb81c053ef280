// A report on its way to whoever asked for it: it is written to a file of its own, which has no
// name any more when it is sent, piece by piece. Neither takes memory that grows with the report.
// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/disk.h"
#include "base/random.h"
#include "base/result.h"
#include "http/message.h"
#include "report/report_sink.h"

namespace tamtap {

enum class ExportFormat { kXlsx, kPdf, kCsv };

std::string_view EndingOf(ExportFormat format);  // "xlsx" "pdf" "csv"

class Exports {
 public:
  // Files lie in `directory` while they are written; what a process that ended has left there goes.
  // An empty directory: there are no exports.
  Exports(std::string directory, Random& random);

  // `write` fills the sink, which is finished for it. `name` is that of the file, without its
  // ending. kFull: there is too little room on the disk.
  Result<http::Response> Make(ExportFormat format, const std::string& name,
                              const std::function<Result<>(ReportSink&)>& write);
  // The same of a zip archive.
  Result<http::Response> MakeArchive(const std::string& name,
                                     const std::function<Result<>(File&)>& write);

 private:
  // `make` makes the file at the path that it is given.
  Result<http::Response> MakeFile(std::string_view type, std::string_view ending,
                                  const std::string& name,
                                  const std::function<Result<>(const std::string& path)>& make);

  const std::string directory_;
  Random& random_;
};

}  // namespace tamtap
