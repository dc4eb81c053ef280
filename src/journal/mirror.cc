#include "journal/mirror.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"
#include "journal/merge.h"
#include "journal/ownership.h"
#include "journal/set_aside.h"

namespace tamtap::journal {

Error MirrorIsAway(const std::string& mirror) {
  return Error{ErrorCode::kRetry, fmt::format("mirror the journal in {}", mirror), 0,
               "it is not there; plug its medium in, or make the directory there"};
}

namespace {

Error IsNotOurs(const std::string& path) {
  return Error{ErrorCode::kRetry, fmt::format("write {}", path), 0,
               "it is not this journal's; the mirror is looked at anew"};
}

}  // namespace

class MirroredFile final : public File {
 public:
  MirroredFile(MirroredDisk& disk, std::shared_ptr<MirroredDisk::OpenFile> open_file)
      : disk_(disk), open_file_(std::move(open_file)) {}

  Result<> WriteAt(uint64_t offset, std::string_view bytes) override {
    MutexLock lock(open_file_->mutex);
    WriteToMirror(offset, bytes);
    return open_file_->primary->WriteAt(offset, bytes);
  }
  size_t BlockBytes() override { return open_file_->primary->BlockBytes(); }
  // The mirror may be on a medium that has no such writes. It is first, as in DataSync().
  Result<> WriteBlocks(uint64_t offset, std::string_view blocks) override {
    MutexLock lock(open_file_->mutex);
    WriteToMirror(offset, blocks);
    if (open_file_->mirror) Note(open_file_->mirror->DataSync());
    return open_file_->primary->WriteBlocks(offset, blocks);
  }
  Result<size_t> ReadAt(uint64_t offset, std::span<char> buffer) override {
    return open_file_->primary->ReadAt(offset, buffer);
  }
  Result<> DataSync() override {
    std::shared_ptr<File> mirror;
    {
      MutexLock lock(open_file_->mutex);
      mirror = open_file_->mirror;
    }
    if (mirror) {
      const Result<> synced = mirror->DataSync();
      MutexLock lock(open_file_->mutex);
      // CopyOpenFile may have replaced it meanwhile.
      if (mirror == open_file_->mirror) Note(synced);
    }
    return open_file_->primary->DataSync();
  }
  Result<uint64_t> Size() override { return open_file_->primary->Size(); }
  Result<> Truncate(uint64_t size) override {
    MutexLock lock(open_file_->mutex);
    if (open_file_->mirror) Note(open_file_->mirror->Truncate(size));
    return open_file_->primary->Truncate(size);
  }

 private:
  void WriteToMirror(uint64_t offset, std::string_view bytes) REQUIRES(open_file_->mutex) {
    if (open_file_->mirror) Note(open_file_->mirror->WriteAt(offset, bytes));
    if (!open_file_->mirror) {
      open_file_->missed_from = std::min(open_file_->missed_from, offset);
      open_file_->missed_to = std::max(open_file_->missed_to, offset + bytes.size());
    }
  }
  // A descriptor that failed is not used again.
  void Note(const Result<>& mirrored) REQUIRES(open_file_->mutex) {
    if (mirrored) return;
    open_file_->LoseMirror();
    disk_.NoteBehind(mirrored.error());
  }

  MirroredDisk& disk_;
  const std::shared_ptr<MirroredDisk::OpenFile> open_file_;
};

MirroredDisk::MirroredDisk(Disk& disk, std::string directory, std::string mirror,
                           std::string journal, TakenMirror taken)
    : disk_(disk),
      directory_(std::move(directory)),
      mirror_(std::move(mirror)),
      journal_(std::move(journal)),
      lock_(std::move(taken.lock)),
      in_use_(lock_ != nullptr) {
  if (taken.problem) NoteBehind(*taken.problem);
}

MirroredDisk::~MirroredDisk() = default;

std::string MirroredDisk::MirroredName(const std::string& path) const {
  if (!path.starts_with(directory_ + "/")) return {};
  const std::string name = path.substr(directory_.size() + 1);
  const bool ours_alone = name == "lock" || name.starts_with("set-aside");
  return ours_alone ? std::string() : name;
}

std::string MirroredDisk::MirrorOf(const std::string& path) const {
  return JoinPath(mirror_, MirroredName(path));
}

void MirroredDisk::NoteBehind(const Error& error) {
  MutexLock lock(mutex_);
  behind_ = true;
  in_use_ = false;
  if (problem_.empty()) LogError("journal mirror: {}; going on with one copy", error.Message());
  problem_ = error.Message();
}

std::string MirroredDisk::problem() {
  MutexLock lock(mutex_);
  return problem_;
}

std::vector<std::shared_ptr<MirroredDisk::OpenFile>> MirroredDisk::OpenFiles() {
  std::vector<std::shared_ptr<OpenFile>> open;
  MutexLock lock(mutex_);
  for (const auto& [path, open_file] : open_files_) {
    if (auto still_open = open_file.lock()) open.push_back(std::move(still_open));
  }
  return open;
}

Result<std::unique_ptr<File>> MirroredDisk::Open(const std::string& path, OpenMode mode) {
  TAMTAP_TRY(std::unique_ptr<File> primary, disk_.Open(path, mode));
  if (mode == OpenMode::kRead || MirroredName(path).empty()) return primary;
  std::shared_ptr<OpenFile> open_file;
  {
    MutexLock lock(mutex_);
    std::erase_if(open_files_, [](const auto& each) { return each.second.expired(); });
    open_file = open_files_[path].lock();
    if (!open_file) {
      open_file = std::make_shared<OpenFile>(path, std::move(primary));
      open_files_[path] = open_file;
    }
  }
  auto opened = std::make_unique<MirroredFile>(*this, open_file);
  // An existing file of a mirror that is behind may be another; CatchUp compares it.
  if (!in_use_ || (mode == OpenMode::kReadWrite && behind_)) return opened;
  const auto open_mirror = [&]() -> Result<std::unique_ptr<File>> {
    if (mode == OpenMode::kCreateReadWrite) {
      TAMTAP_RETURN_IF_ERROR(ClearName(disk_, mirror_, MirroredName(path), journal_));
    } else {
      // The medium may be another one since the last look.
      TAMTAP_TRY(const FileOwner owner, OwnerOf(disk_, MirrorOf(path)));
      if (!owner.Is(journal_) && !owner.blank) return IsNotOurs(MirrorOf(path));
    }
    return disk_.Open(MirrorOf(path), mode);
  };
  Result<std::unique_ptr<File>> file = open_mirror();
  if (file) {
    MutexLock lock(open_file->mutex);
    open_file->mirror = *std::move(file);
  } else {
    NoteBehind(file.error());
  }
  return opened;
}

Result<std::unique_ptr<File>> MirroredDisk::OpenCopy(const std::string& path) {
  if (!in_use_) {
    return Error{ErrorCode::kRetry, fmt::format("read {} from the mirror", path), 0,
                 "the mirror is away"};
  }
  TAMTAP_TRY(const FileOwner owner, OwnerOf(disk_, MirrorOf(path)));
  bool ours = owner.Is(journal_);
  if (owner.journal.empty() && !owner.blank && !owner.misnamed) {
    // Its first line is damaged, as ours may be.
    TAMTAP_TRY(const std::string here, ReadFile(disk_, path));
    TAMTAP_TRY(const std::string there, ReadFile(disk_, MirrorOf(path)));
    ours = SharesALine(here, there);
  }
  if (!ours) return std::unique_ptr<File>();
  return disk_.Open(MirrorOf(path), OpenMode::kRead);
}

Result<std::vector<std::string>> MirroredDisk::List(const std::string& directory) {
  return disk_.List(directory);
}

Result<> MirroredDisk::CreateDirectories(const std::string& directory) {
  if (Follows(directory)) {
    if (const auto made = disk_.CreateDirectories(MirrorOf(directory)); !made) {
      NoteBehind(made.error());
    }
  }
  return disk_.CreateDirectories(directory);
}

Result<> MirroredDisk::Rename(const std::string& from, const std::string& to) {
  if (Follows(from) && Follows(to)) {
    const auto rename = [&]() -> Result<> {
      TAMTAP_RETURN_IF_ERROR(ClearUnlessOurs(disk_, mirror_, MirroredName(to), journal_));
      return disk_.Rename(MirrorOf(from), MirrorOf(to));
    };
    if (const auto done = rename(); !done) NoteBehind(done.error());
  }
  return disk_.Rename(from, to);
}

Result<> MirroredDisk::Remove(const std::string& path) {
  if (Follows(path)) {
    const auto done = RemoveIfOurs(disk_, mirror_, MirroredName(path), journal_);
    if (!done) NoteBehind(done.error());
  }
  return disk_.Remove(path);
}

Result<> MirroredDisk::SyncDirectory(const std::string& directory) {
  if (in_use_ && (directory == directory_ || Follows(directory))) {
    const std::string mirror = directory == directory_ ? mirror_ : MirrorOf(directory);
    if (const auto done = disk_.SyncDirectory(mirror); !done) NoteBehind(done.error());
  }
  return disk_.SyncDirectory(directory);
}

Result<bool> MirroredDisk::Exists(const std::string& path) { return disk_.Exists(path); }

Result<uint64_t> MirroredDisk::FreeBytes(const std::string& path) { return disk_.FreeBytes(path); }

Result<std::unique_ptr<DiskLock>> MirroredDisk::Lock(const std::string& path) {
  return disk_.Lock(path);
}

}  // namespace tamtap::journal
