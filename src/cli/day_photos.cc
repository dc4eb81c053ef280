#include "cli/day_photos.h"

#include <fmt/core.h>

#include <filesystem>

#include "base/ascii.h"
#include "base/disk_beneath.h"
#include "base/text.h"
#include "base/visible.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostBytes = 32 << 20;  // of a photo; what cameras make has a tenth

bool IsJpegName(std::string_view name) {
  const std::string lower = LowerAscii(name);
  return lower.ends_with(".jpg") || lower.ends_with(".jpeg");
}

fs::file_type TypeOf(const std::string& path) {
  std::error_code failed;
  return fs::symlink_status(path, failed).type();
}

// Empty: it is one.
std::string WhyNoDay(const std::string& path, const std::string& name) {
  if (TypeOf(path) == fs::file_type::symlink) {
    return "it is a symbolic link, which is not followed; put the folder itself there";
  }
  if (!IsDay(name) || TypeOf(path) != fs::file_type::directory) {
    return "it is no folder of a day (YYYY-MM-DD)";
  }
  return {};
}

// Empty: it may be one.
std::string WhyNoPhoto(const std::string& path, const std::string& name) {
  switch (TypeOf(path)) {
    case fs::file_type::regular:
      break;
    case fs::file_type::symlink:
      return "it is a symbolic link, which is not followed; put the photo itself there";
    case fs::file_type::directory:
      return "it is a folder";
    default:
      return "it is no regular file";
  }
  if (!IsUtf8(name)) return "its name is not UTF-8; give it another";
  return IsJpegName(name) ? std::string() : "it is no JPEG";
}

std::string WithoutEndingSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<DayPhotos> FindDayPhotos(const std::string& directory) {
  const std::string root = WithoutEndingSlash(directory);
  TAMTAP_TRY(const std::vector<std::string> days, PosixDisk().List(root));
  const auto disk = MakeDiskBeneath(root);
  DayPhotos found;
  for (const std::string& day : days) {
    if (day.starts_with('.')) continue;
    const std::string folder = JoinPath(root, day);
    std::string why = WhyNoDay(folder, day);
    const auto names = why.empty() ? disk->List(folder) : std::vector<std::string>();
    if (!names) why = names.error().Message();
    if (!why.empty()) {
      found.left_out.push_back(fmt::format("{}: {}", VisibleLine(day), why));
      continue;
    }
    for (const std::string& name : *names) {
      if (name.starts_with('.')) continue;
      const std::string reason = WhyNoPhoto(JoinPath(folder, name), name);
      if (reason.empty()) {
        found.photos.push_back({day, name});
      } else {
        found.left_out.push_back(fmt::format("{}/{}: {}", day, VisibleLine(name), reason));
      }
    }
  }
  return found;
}

Result<std::string> ReadDayPhoto(const std::string& directory, const DayPhoto& photo) {
  const std::string root = WithoutEndingSlash(directory);
  const std::string path = JoinPath(JoinPath(root, photo.day), photo.name);
  const auto disk = MakeDiskBeneath(root);
  TAMTAP_TRY(const std::unique_ptr<File> file, disk->Open(path, OpenMode::kRead));
  TAMTAP_TRY(const uint64_t size, file->Size());
  if (size > kMostBytes) return Error{ErrorCode::kRejected, "it is larger than 32 MiB", 0, {}};
  std::string bytes(size, '\0');
  TAMTAP_TRY(const size_t read, file->ReadAt(0, bytes));
  bytes.resize(read);
  return bytes;
}

}  // namespace tamtap::cli
