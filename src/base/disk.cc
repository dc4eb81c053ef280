#include "base/disk.h"

#include <fmt/core.h>

#include "base/check.h"

namespace tamtap {

Result<std::string> ReadFile(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path, OpenMode::kRead));
  TAMTAP_TRY(const uint64_t size, file->Size());
  std::string content(size, '\0');
  TAMTAP_TRY(const size_t got, file->ReadAt(0, content));
  content.resize(got);
  return content;
}

Result<> WriteFileAtomically(Disk& disk, const std::string& path, std::string_view content) {
  const std::string temporary = path + ".new";
  TAMTAP_TRY(const bool left_over, disk.Exists(temporary));
  if (left_over) TAMTAP_RETURN_IF_ERROR(disk.Remove(temporary));
  {
    TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(temporary, OpenMode::kCreateReadWrite));
    TAMTAP_RETURN_IF_ERROR(file->WriteAt(0, content));
    TAMTAP_RETURN_IF_ERROR(file->DataSync());
  }
  TAMTAP_RETURN_IF_ERROR(disk.Rename(temporary, path));
  return disk.SyncDirectory(ParentDirectory(path));
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  if (directory.ends_with('/')) return fmt::format("{}{}", directory, name);
  return fmt::format("{}/{}", directory, name);
}

std::string ParentDirectory(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  if (slash == 0) return "/";
  return std::string(path.substr(0, slash));
}

}  // namespace tamtap
