#include "server/photo_inbox.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "base/sha256.h"

namespace tamtap {
namespace {

constexpr std::string_view kIncoming = ".incoming";
constexpr auto kGoesOnWithin = std::chrono::hours(24);
constexpr auto kLookAgain = std::chrono::minutes(10);
constexpr std::string_view kJpegStart = "\xFF\xD8\xFF";

Error Rejected(std::string_view what, std::string hint) {
  return Error{ErrorCode::kRejected, fmt::format("take the photo: {}", what), 0, std::move(hint)};
}

}  // namespace

std::string PhotoInbox::PartPath(std::string_view terminal, const IncomingPhoto& photo) const {
  return JoinPath(JoinPath(directory_, kIncoming), fmt::format("{}.{}", terminal, photo.sha256));
}

Result<bool> PhotoInbox::IsHere(const IncomingPhoto& photo) {
  return disk_.Exists(JoinPath(JoinPath(directory_, photo.day), photo.file));
}

Result<uint64_t> PhotoInbox::Here(std::string_view terminal, const IncomingPhoto& photo) {
  TAMTAP_TRY(const bool here, IsHere(photo));
  if (here) {
    // A crash may have come between its new name and the name's flush.
    TAMTAP_RETURN_IF_ERROR(disk_.SyncDirectory(JoinPath(directory_, photo.day)));
    return photo.length;
  }
  const std::string path = PartPath(terminal, photo);
  TAMTAP_TRY(const bool begun, disk_.Exists(path));
  if (!begun) return 0;
  uint64_t size = 0;
  {
    TAMTAP_TRY(const std::unique_ptr<File> part, disk_.Open(path, OpenMode::kRead));
    TAMTAP_TRY(size, part->Size());
  }
  if (size < photo.length) return size;
  // A crash came between the last piece and the new name.
  const Result<> finished = Finish(path, photo);
  if (!finished && finished.error().code == ErrorCode::kRejected) return 0;
  if (!finished) return finished.error();
  return photo.length;
}

Result<uint64_t> PhotoInbox::Received(std::string_view terminal, const IncomingPhoto& photo) {
  MutexLock lock(mutex_);
  return Here(terminal, photo);
}

Result<uint64_t> PhotoInbox::Take(std::string_view terminal, const IncomingPhoto& photo,
                                  uint64_t offset, std::string_view bytes) {
  MutexLock lock(mutex_);
  TAMTAP_TRY(const uint64_t here, Here(terminal, photo));
  if (here == photo.length || offset != here) return here;
  const std::string path = PartPath(terminal, photo);
  if (bytes.size() > photo.length - here) {
    TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk_, path));
    return Rejected("it is longer than was said", "send it anew");
  }
  if (here == 0 && !bytes.starts_with(kJpegStart.substr(0, bytes.size()))) {
    return Rejected("it is no JPEG", "photos are JPEG files");
  }
  if (here == 0) TAMTAP_RETURN_IF_ERROR(Begin(terminal, photo));
  {
    const OpenMode mode = here == 0 ? OpenMode::kCreateReadWrite : OpenMode::kReadWrite;
    TAMTAP_TRY(const std::unique_ptr<File> part, disk_.Open(path, mode));
    TAMTAP_RETURN_IF_ERROR(part->WriteAt(offset, bytes));
  }
  if (here + bytes.size() == photo.length) TAMTAP_RETURN_IF_ERROR(Finish(path, photo));
  return here + bytes.size();
}

Result<> PhotoInbox::Begin(std::string_view terminal, const IncomingPhoto& photo) {
  const std::string incoming = JoinPath(directory_, kIncoming);
  TAMTAP_RETURN_IF_ERROR(disk_.CreateDirectories(incoming));
  TAMTAP_TRY(const std::vector<std::string> names, disk_.List(incoming));
  for (const std::string& name : names) {
    if (name.substr(0, name.find('.')) == terminal) {
      TAMTAP_RETURN_IF_ERROR(disk_.Remove(JoinPath(incoming, name)));
    }
  }
  TAMTAP_TRY(const uint64_t free, disk_.FreeBytes(incoming));
  if (free < reserve_bytes_ + photo.length) {
    return Error{ErrorCode::kFull, "take the photo", 0,
                 "what is left of the disk is kept for attendance; make room"};
  }
  return {};
}

Result<> PhotoInbox::RemoveAbandoned(MonotonicTime now) {
  MutexLock lock(mutex_);
  if (looked_ && now - *looked_ < kLookAgain) return {};
  looked_ = now;
  const std::string incoming = JoinPath(directory_, kIncoming);
  TAMTAP_TRY(const bool there, disk_.Exists(incoming));
  if (!there) return {};
  TAMTAP_TRY(const std::vector<std::string> names, disk_.List(incoming));
  std::map<std::string, Seen> seen;
  for (const std::string& name : names) {
    const std::string path = JoinPath(incoming, name);
    uint64_t bytes = 0;
    {
      TAMTAP_TRY(const std::unique_ptr<File> part, disk_.Open(path, OpenMode::kRead));
      TAMTAP_TRY(bytes, part->Size());
    }
    const auto before = seen_.find(name);
    const bool same = before != seen_.end() && before->second.bytes == bytes;
    const MonotonicTime since = same ? before->second.since : now;
    if (now - since < kGoesOnWithin) {
      seen.emplace(name, Seen{bytes, since});
    } else {
      TAMTAP_RETURN_IF_ERROR(disk_.Remove(path));
    }
  }
  seen_ = std::move(seen);
  return {};
}

Result<> PhotoInbox::Finish(const std::string& part, const IncomingPhoto& photo) {
  TAMTAP_TRY(const std::string content, ReadFile(disk_, part));
  if (Sha256Hex(content) != photo.sha256) {
    TAMTAP_RETURN_IF_ERROR(disk_.Remove(part));
    return Rejected("it is not what its hash says", "send it anew");
  }
  const auto cleaned = clean_(content);
  if (!cleaned) {
    if (cleaned.error().code == ErrorCode::kRejected) {
      TAMTAP_RETURN_IF_ERROR(disk_.Remove(part));
    }
    return cleaned.error();
  }
  const std::string directory = JoinPath(directory_, photo.day);
  TAMTAP_RETURN_IF_ERROR(disk_.CreateDirectories(directory));
  const std::string path = JoinPath(directory, photo.file);
  if (auto written = WriteFileAtomically(disk_, path, *cleaned); !written) {
    // Another flush may well succeed without these bytes; the gate still has them.
    TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk_, path));
    TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk_, part));
    return written;
  }
  return disk_.Remove(part);
}

}  // namespace tamtap
