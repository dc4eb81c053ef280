#include "terminal/photo_store.h"

#include "base/log.h"

namespace tamtap {

PhotoStore::PhotoStore(Disk& disk, std::string directory, Clean clean, uint64_t reserve_bytes)
    : disk_(disk),
      directory_(std::move(directory)),
      clean_(std::move(clean)),
      reserve_bytes_(reserve_bytes),
      thread_([this] { Run(); }) {}

PhotoStore::~PhotoStore() { queue_.Close(); }

void PhotoStore::Add(const std::string& day, const std::string& name, Frame frame) {
  if (!queue_.TryPush({day, name, std::move(frame)})) {
    LogWarning("photo {}/{} is dropped: the disk of photos is too slow", day, name);
  }
}

void PhotoStore::Run() {
  while (const auto photo = queue_.Pop()) {
    try {
      Take(*photo);
    } catch (const std::exception& error) {  // no memory for this one; the next may have it
      LogFailure("storing a photo", error);
    }
  }
}

void PhotoStore::Take(const Photo& photo) {
  if (const auto written = Write(photo); !written) {
    LogWarning("photo {}/{} is dropped: {}", photo.day, photo.name, written.error().Message());
  } else if (stored_) {
    stored_();
  }
}

Result<> PhotoStore::Write(const Photo& photo) {
  TAMTAP_TRY(const std::string picture, clean_(photo.frame.encoded));
  const std::string directory = JoinPath(directory_, photo.day);
  TAMTAP_RETURN_IF_ERROR(disk_.CreateDirectories(directory));
  TAMTAP_TRY(const uint64_t free, disk_.FreeBytes(directory));
  if (free < reserve_bytes_ + picture.size()) {
    return Error{ErrorCode::kFull, "store a photo", 0,
                 "what is left of the disk is kept for taps; make room"};
  }
  return WriteFileAtomically(disk_, JoinPath(directory, photo.name), picture);
}

}  // namespace tamtap
