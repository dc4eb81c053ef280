#include "server/export_file.h"

#include <fmt/core.h>

#include "base/disk_room.h"
#include "base/log.h"

namespace tamtap {
namespace {

constexpr std::string_view kPrefix = "export-";
constexpr size_t kNameBytes = 8;

std::string_view TypeOf(ExportFormat format) {
  switch (format) {
    case ExportFormat::kXlsx:
      return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    case ExportFormat::kPdf:
      return "application/pdf";
    case ExportFormat::kCsv:
      return "text/csv; charset=utf-8";
  }
  return "";
}

Result<std::unique_ptr<ReportSink>> OpenSink(ExportFormat format, const std::string& path) {
  switch (format) {
    case ExportFormat::kXlsx:
      return OpenXlsxReport(path);
    case ExportFormat::kPdf:
      return OpenPdfReport(path);
    case ExportFormat::kCsv:
      return OpenCsvReport(path);
  }
  return OpenCsvReport(path);
}

class FileBody final : public http::BodySource {
 public:
  FileBody(std::unique_ptr<File> file, uint64_t size) : file_(std::move(file)), size_(size) {}
  uint64_t size() const override { return size_; }
  bool Read(uint64_t offset, std::span<char> into) override {
    const auto got = file_->ReadAt(offset, into);
    return got && *got == into.size();
  }

 private:
  const std::unique_ptr<File> file_;
  const uint64_t size_;
};

// What may stand in a header and in the name of a file anywhere.
std::string SafeName(std::string_view name) {
  std::string safe;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_';
    safe += plain ? c : '-';
  }
  return safe;
}

// Removes the name of a file when it goes.
class NameOnDisk {
 public:
  explicit NameOnDisk(std::string path) : path_(std::move(path)) {}
  NameOnDisk(const NameOnDisk&) = delete;
  NameOnDisk& operator=(const NameOnDisk&) = delete;
  ~NameOnDisk() {
    if (const auto removed = RemoveIfThere(PosixDisk(), path_); !removed) {
      LogWarning("server: {}", removed.error().Message());
    }
  }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

}  // namespace

std::string_view EndingOf(ExportFormat format) {
  return format == ExportFormat::kXlsx ? "xlsx" : format == ExportFormat::kPdf ? "pdf" : "csv";
}

Exports::Exports(std::string directory, Random& random)
    : directory_(std::move(directory)), random_(random) {
  if (directory_.empty()) return;
  const auto there = PosixDisk().Exists(directory_);
  if (!there || !*there) return;
  const auto left = PosixDisk().List(directory_);
  if (!left) {
    LogWarning("server: {}", left.error().Message());
    return;
  }
  for (const std::string& name : *left) {
    if (name.starts_with(kPrefix)) const NameOnDisk gone(JoinPath(directory_, name));
  }
}

Result<http::Response> Exports::Make(ExportFormat format, const std::string& name,
                                     const std::function<Result<>(ReportSink&)>& write) {
  return MakeFile(TypeOf(format), EndingOf(format), name, [&](const std::string& path) -> Result<> {
    TAMTAP_TRY(const auto sink, OpenSink(format, path));
    TAMTAP_RETURN_IF_ERROR(write(*sink));
    return sink->Finish();
  });
}

Result<http::Response> Exports::MakeArchive(const std::string& name,
                                            const std::function<Result<>(File&)>& write) {
  return MakeFile("application/zip", "zip", name, [&](const std::string& path) -> Result<> {
    TAMTAP_TRY(const auto file, PosixDisk().Open(path, OpenMode::kCreateReadWrite));
    return write(*file);
  });
}

Result<http::Response> Exports::MakeFile(
    std::string_view type, std::string_view ending, const std::string& name,
    const std::function<Result<>(const std::string& path)>& make) {
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(directory_));
  TAMTAP_TRY(const uint64_t free, PosixDisk().FreeBytes(directory_));
  if (std::string full = DescribeRoom(free, kServerPhotoReserve); !full.empty()) {
    return Error{ErrorCode::kFull, "make a report", 0, std::move(full)};
  }
  const NameOnDisk file(
      JoinPath(directory_, fmt::format("{}{}.{}", kPrefix, random_.Hex(kNameBytes), ending)));
  TAMTAP_RETURN_IF_ERROR(make(file.path()));
  TAMTAP_TRY(auto opened, PosixDisk().Open(file.path(), OpenMode::kRead));
  TAMTAP_TRY(const uint64_t size, opened->Size());
  http::Response response;
  response.headers = {{"Content-Type", std::string(type)},
                      {"Cache-Control", "no-store"},
                      {"Content-Disposition",
                       fmt::format("attachment; filename=\"{}.{}\"", SafeName(name), ending)}};
  response.source = std::make_shared<FileBody>(std::move(opened), size);
  return response;
}

}  // namespace tamtap
