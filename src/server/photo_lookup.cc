#include "server/photo_lookup.h"

#include <boost/json.hpp>
#include <set>

#include "base/sha256.h"
#include "server/photo_inbox.h"
#include "server/static_files.h"
#include "tap/json_fields.h"
#include "tap/photo_name.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

namespace json = boost::json;

// kMisconfigured if it is not there.
Result<FoundPhoto> ReadPhoto(Disk& disk, std::string path) {
  {
    TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path, OpenMode::kRead));
    TAMTAP_TRY(const uint64_t size, file->Size());
    if (size > kMaxPhotoBytes) return Error{ErrorCode::kRejected, "show " + path, 0, "too large"};
  }
  TAMTAP_TRY(std::string content, ReadFile(disk, path));
  return FoundPhoto{std::move(path), std::move(content)};
}

}  // namespace

Result<FoundPhoto> FindPhoto(Disk& disk, const std::string& directory, const std::string& day,
                             const std::string& file, const std::string& terminal) {
  const auto read = [&](const std::string& under) {
    const std::string place = JoinPath(directory, under);
    auto content = ReadPhoto(disk, JoinPath(place, file));
    if (content || IsForNow(content.error()) || terminal.empty()) return content;
    return ReadPhoto(disk, JoinPath(place, WithOrigin(file, under, terminal)));
  };
  if (const auto origin = OriginOfPhoto(file)) return read(origin->day);
  auto content = read(day);
  if (content || IsForNow(content.error())) return content;
  TAMTAP_TRY(const auto days, disk.List(directory));
  for (const std::string& other : days) {
    if (!IsDay(other)) continue;
    auto found = read(other);
    if (found || IsForNow(found.error())) return found;
  }
  return content;
}

std::vector<NamedPhoto> PhotosOf(const std::vector<StoredRecord>& records) {
  std::set<NamedPhoto> photos;
  for (const StoredRecord& each : records) {
    boost::system::error_code failed;
    const json::value value = json::parse(each.record, failed);
    if (failed || !value.is_object()) continue;
    const json::object& record = value.get_object();
    NamedPhoto photo{TextAt(record, "day"), TextAt(record, "photo"), TextAt(record, "terminal")};
    if (photo.day.empty()) photo.day = TextAt(record, "date").substr(0, 10);
    if (!IsPhotoFile(photo.file) || !IsDay(photo.day)) continue;
    const auto origin = OriginOfPhoto(photo.file);
    if (origin && origin->terminal != photo.terminal) continue;
    photos.insert(std::move(photo));
  }
  return {photos.begin(), photos.end()};
}

Result<size_t> RemovePhotosOf(Disk& disk, const std::string& directory, const std::string& owner) {
  if (owner.empty()) return size_t{0};
  TAMTAP_TRY(const bool there, disk.Exists(directory));
  if (!there) return size_t{0};
  TAMTAP_TRY(const auto days, disk.List(directory));
  size_t removed = 0;
  for (const std::string& day : days) {
    if (!IsDay(day)) continue;
    const std::string place = JoinPath(directory, day);
    TAMTAP_TRY(const auto files, disk.List(place));
    bool some = false;
    for (const std::string& file : files) {
      if (OwnerOfPhoto(file) != owner) continue;
      TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk, JoinPath(place, file)));
      some = true;
      ++removed;
    }
    if (some) TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(place));
  }
  return removed;
}

std::string MarkOfPhotos(const std::string& owner) { return "photos/" + Sha256Hex(owner); }

}  // namespace tamtap
