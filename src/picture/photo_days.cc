#include "picture/photo_days.h"

#include <unistd.h>

#include <cerrno>

#include "base/log.h"

namespace tamtap {
namespace {

// "2026-11-23"; whether there is such a day makes no difference here.
bool NamesADay(std::string_view name) {
  if (name.size() != 10) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? name[i] != '-' : (name[i] < '0' || name[i] > '9')) return false;
  }
  return true;
}

// Only an empty one goes; what else lies in it is somebody's.
void RemoveIfEmpty(const std::string& directory) {
  if (rmdir(directory.c_str()) == 0 || errno == ENOENT) return;
  LogDebug("photos: {} stays", directory);
}

}  // namespace

Result<size_t> RemoveOldPhotos(Disk& disk, const std::string& directory,
                               std::string_view first_kept_day, size_t most,
                               const std::function<bool(const std::string& day)>& keeps) {
  TAMTAP_TRY(const bool there, disk.Exists(directory));
  if (!there) return size_t{0};
  TAMTAP_TRY(const auto days, disk.List(directory));  // sorted
  size_t removed = 0;
  for (const std::string& day : days) {
    if (removed == most) break;
    if (!NamesADay(day) || day >= first_kept_day || keeps(day)) continue;
    const std::string path = JoinPath(directory, day);
    const auto files = disk.List(path);
    if (!files) {
      LogDebug("photos: {}", files.error().Message());  // no directory of ours
      continue;
    }
    size_t left = files->size();
    for (const std::string& file : *files) {
      if (removed == most) break;
      if (const auto gone = disk.Remove(JoinPath(path, file)); !gone) {
        LogDebug("photos: {}", gone.error().Message());
        continue;
      }
      ++removed;
      --left;
    }
    if (removed > 0) TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(path));
    if (left == 0) RemoveIfEmpty(path);
  }
  return removed;
}

}  // namespace tamtap
