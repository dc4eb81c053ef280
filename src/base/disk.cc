#include "base/disk.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.h"

namespace tamtap {
namespace {

constexpr size_t kCopyBytes = 256 << 10;

}  // namespace

Result<> File::WriteBlocks(uint64_t, std::string_view) {
  return Error{ErrorCode::kMisconfigured, "write blocks", 0, "this file has no such write"};
}

Result<std::string> ReadFile(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path, OpenMode::kRead));
  TAMTAP_TRY(const uint64_t size, file->Size());
  std::string content(size, '\0');
  TAMTAP_TRY(const size_t got, file->ReadAt(0, content));
  content.resize(got);
  return content;
}

Result<> CopyBytes(File& from, File& to, uint64_t begin, uint64_t end) {
  std::string bytes(static_cast<size_t>(std::min<uint64_t>(kCopyBytes, end - begin)), '\0');
  for (uint64_t at = begin; at < end;) {
    const size_t wanted = static_cast<size_t>(std::min<uint64_t>(bytes.size(), end - at));
    TAMTAP_TRY(const size_t got, from.ReadAt(at, std::span(bytes).first(wanted)));
    if (got == 0) break;
    TAMTAP_RETURN_IF_ERROR(to.WriteAt(at, std::string_view(bytes).substr(0, got)));
    at += got;
  }
  return {};
}

Result<> RemoveIfThere(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return {};
  return disk.Remove(path);
}

Result<> WriteFileAtomically(Disk& disk, const std::string& path, std::string_view content) {
  const std::string temporary = path + ".new";
  TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk, temporary));
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
