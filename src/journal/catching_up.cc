// How a mirror gets what it lacks.
#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"
#include "journal/merge.h"
#include "journal/mirror.h"
#include "journal/ownership.h"
#include "journal/retention.h"
#include "journal/segment.h"
#include "journal/set_aside.h"

namespace tamtap::journal {

Result<> MirroredDisk::CatchUp(bool everything) {
  if (in_use_ && !lock_->StillThere()) {
    NoteBehind(Error{ErrorCode::kRetry, fmt::format("mirror the journal in {}", mirror_), 0,
                     "another medium is there now"});
  }
  if (!behind_) return {};
  if (!in_use_) {
    if (auto taken = Take(); !taken) {
      NoteBehind(taken.error());
      return taken;
    }
  }
  if (everything) behind_ = false;  // or a failure from here on would be overlooked
  auto caught_up = [&]() -> Result<> {
    for (const auto& open_file : OpenFiles()) TAMTAP_RETURN_IF_ERROR(CopyOpenFile(*open_file));
    if (everything) TAMTAP_RETURN_IF_ERROR(CopyRest());
    return disk_.SyncDirectory(mirror_);
  }();
  if (!caught_up) {
    NoteBehind(caught_up.error());
    return caught_up;
  }
  MutexLock lock(mutex_);
  if (everything && !behind_ && !problem_.empty()) {
    LogInfo("journal mirror: complete again");
    problem_.clear();
  }
  return {};
}

Result<> MirroredDisk::Take() {
  // Also what is open there: it may be on a medium that is gone, and keeps that one from going.
  for (const auto& open_file : OpenFiles()) {
    MutexLock lock(open_file->mutex);
    open_file->LoseMirror();
  }
  lock_.reset();
  TAMTAP_TRY(const bool there, disk_.Exists(mirror_));
  if (!there) return MirrorIsAway(mirror_);
  TAMTAP_TRY(lock_, disk_.Lock(JoinPath(mirror_, "lock")));
  TAMTAP_RETURN_IF_ERROR(SetForeignAside(disk_, mirror_, journal_));
  in_use_ = true;
  return {};
}

Result<> MirroredDisk::CopyOpenFile(OpenFile& open_file) {
  {
    MutexLock lock(open_file.mutex);
    if (open_file.mirror) return {};
    open_file.missed_from = UINT64_MAX;
    open_file.missed_to = 0;
  }
  // While taps go on; what they write meanwhile is copied at the end.
  TAMTAP_RETURN_IF_ERROR(CopyIfDifferent(open_file.path));
  TAMTAP_TRY(std::unique_ptr<File> mirror,
             disk_.Open(MirrorOf(open_file.path), OpenMode::kReadWrite));
  MutexLock lock(open_file.mutex);
  TAMTAP_TRY(const uint64_t size, open_file.primary->Size());
  if (open_file.missed_from < open_file.missed_to) {
    TAMTAP_RETURN_IF_ERROR(CopyBytes(*open_file.primary, *mirror, open_file.missed_from,
                                     std::min(open_file.missed_to, size)));
  }
  TAMTAP_RETURN_IF_ERROR(mirror->Truncate(size));
  TAMTAP_RETURN_IF_ERROR(mirror->DataSync());
  open_file.mirror = std::move(mirror);
  return {};
}

Result<bool> MirroredDisk::HasTheSame(const std::string& path) {
  const std::string name = MirroredName(path);
  TAMTAP_TRY(const FileOwner owner, OwnerOf(disk_, MirrorOf(path)));
  if (!owner.Is(journal_) && !owner.journal.empty()) {
    TAMTAP_RETURN_IF_ERROR(MoveAside(disk_, mirror_, owner.journal, {name}));
    return false;
  }
  TAMTAP_TRY(const bool there, disk_.Exists(MirrorOf(path)));
  if (!there) return false;
  const bool segment = SegmentNumber(name).has_value();
  if (segment && owner.Is(journal_)) {
    TAMTAP_TRY(const std::unique_ptr<File> our_file, disk_.Open(path, OpenMode::kRead));
    TAMTAP_TRY(const std::unique_ptr<File> their_file, disk_.Open(MirrorOf(path), OpenMode::kRead));
    TAMTAP_TRY(const auto our_seal, ReadSeal(*our_file));
    TAMTAP_TRY(const auto their_seal, ReadSeal(*their_file));
    // Sealed segments of one seal are taken to be the same: all of them can't be read.
    if (SameSeal(our_seal, their_seal)) return true;
  }
  TAMTAP_TRY(const std::string ours, ReadFile(disk_, path));
  TAMTAP_TRY(const std::string theirs, ReadFile(disk_, MirrorOf(path)));
  if (ours == theirs) return true;
  if (owner.blank || (name == kRetiredFile && owner.Is(journal_))) return false;
  if (segment) {
    // It may hold what the journal lost since the last start. Without a first line it may be
    // anybody's.
    const MergedSegment merged = MergeSegments(ours, theirs, UINT64_MAX);
    const bool known = merged.restored + merged.contradicted == 0;
    if (known && (owner.Is(journal_) || SharesALine(ours, theirs))) return false;
  }
  TAMTAP_RETURN_IF_ERROR(MoveAside(disk_, mirror_, owner.journal, {name}));
  return false;
}

Result<> MirroredDisk::CopyIfDifferent(const std::string& path) {
  TAMTAP_TRY(const bool same, HasTheSame(path));
  if (same) return WriteLinesAgain(path);
  // A crash may have left a half of it.
  TAMTAP_RETURN_IF_ERROR(
      RemoveIfOurs(disk_, mirror_, MirroredName(path) + std::string(kUnfinished), journal_));
  TAMTAP_TRY(const std::string ours, ReadFile(disk_, path));
  return WriteFileAtomically(disk_, MirrorOf(path), ours);
}

// What a flush failed for can still be read there, and no later flush brings it to the medium (law
// 3): that the mirror has the same bytes proves nothing until they are written once more. Only a
// segment that has no seal can be such a one: nothing is sealed there while it is behind.
Result<> MirroredDisk::WriteLinesAgain(const std::string& path) {
  if (!SegmentNumber(MirroredName(path))) return {};
  TAMTAP_TRY(const std::unique_ptr<File> ours, disk_.Open(path, OpenMode::kRead));
  TAMTAP_TRY(const std::optional<SealLine> seal, ReadSeal(*ours));
  if (seal) return {};
  TAMTAP_TRY(const std::string content, ReadFile(disk_, path));
  const std::string_view lines(content.data(), content.find_last_not_of('\n') + 1);
  if (lines.empty()) return {};
  TAMTAP_TRY(const std::unique_ptr<File> mirror, disk_.Open(MirrorOf(path), OpenMode::kReadWrite));
  TAMTAP_RETURN_IF_ERROR(mirror->WriteAt(0, lines));
  return mirror->DataSync();
}

Result<> MirroredDisk::CopyRest() {
  TAMTAP_TRY(std::vector<std::string> files, ListJournalFiles(disk_, directory_));
  TAMTAP_TRY(const std::vector<std::string> archived, ListArchive(disk_, directory_));
  files.insert(files.end(), archived.begin(), archived.end());
  for (const std::string& file : files) {
    if (file.ends_with(kUnfinished)) continue;
    const std::string path = JoinPath(directory_, file);
    {
      MutexLock lock(mutex_);
      const auto open_file = open_files_.find(path);
      if (open_file != open_files_.end() && !open_file->second.expired()) continue;
    }
    if (file.starts_with(kArchive)) {
      TAMTAP_RETURN_IF_ERROR(disk_.CreateDirectories(JoinPath(mirror_, kArchive)));
    }
    auto copied = CopyIfDifferent(path);
    TAMTAP_TRY(const bool still_there, disk_.Exists(path));
    if (!copied && still_there) return copied;
  }
  // What left the journal leaves the mirror.
  TAMTAP_TRY(const RetiredLine retired, ReadRetired(disk_, directory_));
  TAMTAP_TRY(const std::vector<uint64_t> theirs, ListSegments(disk_, mirror_));
  for (const uint64_t number : theirs) {
    if (number > retired.segments) break;
    TAMTAP_RETURN_IF_ERROR(RemoveIfOurs(disk_, mirror_, SegmentName(number), journal_));
  }
  return {};
}

}  // namespace tamtap::journal
