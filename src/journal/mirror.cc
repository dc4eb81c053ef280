#include "journal/mirror.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "journal/line.h"
#include "journal/retention.h"
#include "journal/segment.h"

namespace tamtap::journal {
namespace {

constexpr std::string_view kArchive = "archive";

struct FoundLine {
  uint64_t offset = 0;
  LineType type = LineType::kUnknown;
  std::string_view text;
  uint64_t sequence = 0;
};

class LineCollector final : public LineVisitor {
 public:
  void OnLine(uint64_t offset, const LineView& line) override {
    lines.push_back({offset, line.type, line.text, line.tap.sequence});
  }
  void OnDamage(uint64_t, uint64_t, DamageKind kind) override {
    damaged |= kind == DamageKind::kCorrupt;
  }
  std::vector<FoundLine> lines;
  bool damaged = false;
};

LineCollector LinesOf(std::string_view bytes) {
  LineCollector collector;
  ScanLines(bytes, /*at_end=*/true, collector);
  return collector;
}

// The first number that a line says is not an earlier tap's.
uint64_t FirstTakenBy(const FoundLine& line) {
  if (line.type == LineType::kTap) return line.sequence;
  if (line.type != LineType::kStart) return UINT64_MAX;
  const auto start = ParseStartLine(line.text);
  return start ? start->previous_last_sequence + 1 : UINT64_MAX;
}

uint64_t FirstTakenBy(const std::vector<FoundLine>& lines) {
  uint64_t first = UINT64_MAX;
  for (const FoundLine& line : lines) first = std::min(first, FirstTakenBy(line));
  return first;
}

// The id of the journal whose segment this is; empty if it has no header.
std::string JournalOf(std::string_view segment) {
  const auto line = CheckLine(segment.substr(0, segment.find('\n')));
  if (!line || line->type != LineType::kSegment) return {};
  const auto header = ParseSegmentLine(line->text);
  return header ? header->journal : std::string();
}

Result<std::string> JournalIn(Disk& disk, const std::string& directory) {
  TAMTAP_TRY(const RetiredLine retired, ReadRetired(disk, directory));
  if (!retired.checkpoint.journal.empty()) return retired.checkpoint.journal;
  TAMTAP_TRY(const std::vector<uint64_t> numbers, ListSegments(disk, directory));
  for (const uint64_t number : numbers) {
    TAMTAP_TRY(const std::string content, ReadFile(disk, JoinPath(directory, SegmentName(number))));
    if (std::string journal = JournalOf(content); !journal.empty()) return journal;
  }
  return std::string();
}

Result<> CheckSameJournal(Disk& disk, const std::string& directory, const std::string& mirror) {
  TAMTAP_TRY(const bool there, disk.Exists(mirror));
  if (!there) {
    return Error{ErrorCode::kRetry, fmt::format("mirror the journal in {}", mirror), 0,
                 "it is not there; plug its medium in, or make the directory there"};
  }
  TAMTAP_TRY(const std::string ours, JournalIn(disk, directory));
  TAMTAP_TRY(const std::string theirs, JournalIn(disk, mirror));
  if (ours.empty() || theirs.empty() || ours == theirs) return {};
  return Error{ErrorCode::kMisconfigured, fmt::format("mirror the journal in {}", mirror), 0,
               "it holds another journal; use an empty directory"};
}

Result<std::string> ContentIfThere(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return std::string();
  return ReadFile(disk, path);
}

Result<std::optional<SealLine>> SealIfThere(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return std::optional<SealLine>();
  TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path, OpenMode::kRead));
  return ReadSeal(*file);
}

// Sealed segments of one size with one seal are taken to be the same: all of them can't be read.
bool SameSeal(const std::optional<SealLine>& ours, const std::optional<SealLine>& theirs) {
  if (!ours || !theirs) return false;
  const Checkpoint& mine = ours->checkpoint;
  const Checkpoint& other = theirs->checkpoint;
  return mine.journal == other.journal && mine.number == other.number &&
         ours->first_sequence == theirs->first_sequence &&
         mine.total_records == other.total_records && mine.generation == other.generation;
}

// Keeps what is about to be replaced.
Result<> KeepInSetAside(Disk& disk, const std::string& directory, uint64_t number,
                        std::string_view content) {
  const std::string aside = JoinPath(directory, "set-aside");
  TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(aside));
  TAMTAP_TRY(const std::vector<std::string> names, disk.List(aside));
  return WriteFileAtomically(
      disk, JoinPath(aside, fmt::format("{}.{}", SegmentName(number), names.size() + 1)), content);
}

}  // namespace

MergedSegment MergeSegments(std::string_view ours, std::string_view theirs, uint64_t first_taken) {
  const std::vector<FoundLine> our_lines = LinesOf(ours).lines;
  MergedSegment merged;
  merged.bytes = ours;
  for (const FoundLine& line : LinesOf(theirs).lines) {
    const uint64_t end = line.offset + line.text.size();
    bool overlaps = false;
    bool same = false;
    uint64_t taken = first_taken;
    for (const FoundLine& mine : our_lines) {
      same |= mine.offset == line.offset && mine.text == line.text;
      overlaps |= mine.offset < end && line.offset < mine.offset + mine.text.size();
      if (mine.offset > line.offset) taken = std::min(taken, FirstTakenBy(mine));
    }
    if (same) continue;
    if (overlaps || (line.type == LineType::kTap && line.sequence >= taken)) {
      ++merged.contradicted;
      continue;
    }
    if (merged.bytes.size() < end + 1) merged.bytes.resize(end + 1, '\n');
    merged.bytes.replace(line.offset, line.text.size(), line.text);
    merged.bytes[end] = '\n';
    ++merged.restored;
  }
  return merged;
}

Result<> Reconcile(Disk& disk, const std::string& directory, const std::string& mirror) {
  TAMTAP_RETURN_IF_ERROR(CheckSameJournal(disk, directory, mirror));
  TAMTAP_TRY(RetiredLine retired, ReadRetired(disk, directory));
  TAMTAP_TRY(const RetiredLine their_retired, ReadRetired(disk, mirror));
  if (their_retired.segments > retired.segments) {
    TAMTAP_RETURN_IF_ERROR(WriteRetired(disk, directory, their_retired));
    retired = their_retired;
  }
  TAMTAP_TRY(const std::vector<uint64_t> ours, ListSegments(disk, directory));
  TAMTAP_TRY(const std::vector<uint64_t> theirs, ListSegments(disk, mirror));
  std::set<uint64_t, std::greater<>> numbers(ours.begin(), ours.end());
  numbers.insert(theirs.begin(), theirs.end());

  uint64_t first_taken = UINT64_MAX;  // by the segments after the one that is looked at
  for (const uint64_t number : numbers) {
    if (number <= retired.segments) break;
    const std::string our_path = JoinPath(directory, SegmentName(number));
    const std::string their_path = JoinPath(mirror, SegmentName(number));
    TAMTAP_TRY(const std::optional<SealLine> our_seal, SealIfThere(disk, our_path));
    TAMTAP_TRY(const std::optional<SealLine> their_seal, SealIfThere(disk, their_path));
    if (SameSeal(our_seal, their_seal)) {
      if (our_seal->records > 0) first_taken = std::min(first_taken, our_seal->first_sequence);
      continue;
    }
    TAMTAP_TRY(const std::string our_bytes, ContentIfThere(disk, our_path));
    TAMTAP_TRY(const std::string their_bytes, ContentIfThere(disk, their_path));
    const LineCollector our_lines = LinesOf(our_bytes);
    const MergedSegment merged = our_bytes == their_bytes
                                     ? MergedSegment{}
                                     : MergeSegments(our_bytes, their_bytes, first_taken);
    if (merged.contradicted > 0) {
      TAMTAP_RETURN_IF_ERROR(KeepInSetAside(disk, directory, number, their_bytes));
    }
    if (merged.restored > 0) {
      LogWarning("journal: {} lines of segment {} restored from the mirror", merged.restored,
                 number);
      if (our_lines.damaged) {
        TAMTAP_RETURN_IF_ERROR(KeepInSetAside(disk, directory, number, our_bytes));
      }
      TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(disk, our_path, merged.bytes));
      first_taken = std::min(first_taken, FirstTakenBy(LinesOf(merged.bytes).lines));
    }
    first_taken = std::min(first_taken, FirstTakenBy(our_lines.lines));
  }
  return {};
}

struct MirroredDisk::Live {
  Live(std::string file_path, std::shared_ptr<File> file)
      : path(std::move(file_path)), primary(std::move(file)) {}

  const std::string path;
  const std::shared_ptr<File> primary;
  Mutex mutex;
  std::shared_ptr<File> mirror GUARDED_BY(mutex);  // null: behind
  // What was written while there was no mirror.
  uint64_t missed_from GUARDED_BY(mutex) = UINT64_MAX;
  uint64_t missed_to GUARDED_BY(mutex) = 0;
};

class MirroredFile final : public File {
 public:
  MirroredFile(MirroredDisk& disk, std::shared_ptr<MirroredDisk::Live> live)
      : disk_(disk), live_(std::move(live)) {}

  Result<> WriteAt(uint64_t offset, std::string_view bytes) override {
    MutexLock lock(live_->mutex);
    if (live_->mirror) Note(live_->mirror->WriteAt(offset, bytes));
    if (!live_->mirror) {
      live_->missed_from = std::min(live_->missed_from, offset);
      live_->missed_to = std::max(live_->missed_to, offset + bytes.size());
    }
    return live_->primary->WriteAt(offset, bytes);
  }
  Result<size_t> ReadAt(uint64_t offset, std::span<char> buffer) override {
    return live_->primary->ReadAt(offset, buffer);
  }
  Result<> DataSync() override {
    std::shared_ptr<File> mirror;
    {
      MutexLock lock(live_->mutex);
      mirror = live_->mirror;
    }
    if (mirror) {
      const Result<> synced = mirror->DataSync();
      MutexLock lock(live_->mutex);
      // CopyLive may have replaced it meanwhile.
      if (mirror == live_->mirror) Note(synced);
    }
    return live_->primary->DataSync();
  }
  Result<uint64_t> Size() override { return live_->primary->Size(); }
  Result<> Truncate(uint64_t size) override {
    MutexLock lock(live_->mutex);
    if (live_->mirror) Note(live_->mirror->Truncate(size));
    return live_->primary->Truncate(size);
  }

 private:
  // A descriptor that failed is not used again.
  void Note(const Result<>& mirrored) REQUIRES(live_->mutex) {
    if (mirrored) return;
    live_->mirror.reset();
    live_->missed_from = 0;
    live_->missed_to = UINT64_MAX;
    disk_.NoteBehind(mirrored.error());
  }

  MirroredDisk& disk_;
  const std::shared_ptr<MirroredDisk::Live> live_;
};

MirroredDisk::MirroredDisk(Disk& disk, std::string directory, std::string mirror)
    : disk_(disk), directory_(std::move(directory)), mirror_(std::move(mirror)) {}

MirroredDisk::~MirroredDisk() = default;

std::string MirroredDisk::MirrorOf(const std::string& path) const {
  if (path == directory_) return mirror_;
  if (!path.starts_with(directory_ + "/") || path.ends_with("/lock")) return {};
  return JoinPath(mirror_, path.substr(directory_.size() + 1));
}

void MirroredDisk::NoteBehind(const Error& error) {
  MutexLock lock(mutex_);
  behind_ = true;
  if (problem_.empty()) LogError("journal mirror: {}; going on with one copy", error.Message());
  problem_ = error.Message();
}

std::string MirroredDisk::problem() {
  MutexLock lock(mutex_);
  return problem_;
}

Result<std::unique_ptr<File>> MirroredDisk::Open(const std::string& path, OpenMode mode) {
  const std::string mirror_path = MirrorOf(path);
  TAMTAP_TRY(std::unique_ptr<File> primary, disk_.Open(path, mode));
  if (mode == OpenMode::kRead || mirror_path.empty()) return primary;
  std::shared_ptr<Live> live;
  {
    MutexLock lock(mutex_);
    std::erase_if(live_, [](const auto& each) { return each.second.expired(); });
    live = live_[path].lock();
    if (!live) {
      live = std::make_shared<Live>(path, std::move(primary));
      live_[path] = live;
    }
  }
  // An existing file of a mirror that is behind may be another; CatchUp compares it.
  if (mode == OpenMode::kReadWrite && behind_) return std::make_unique<MirroredFile>(*this, live);
  const auto opened = [&]() -> Result<std::unique_ptr<File>> {
    if (mode == OpenMode::kCreateReadWrite) {
      // Whatever has this name in the mirror is no part of this journal.
      TAMTAP_RETURN_IF_ERROR(RemoveIfThere(disk_, mirror_path));
    }
    return disk_.Open(mirror_path, mode);
  };
  Result<std::unique_ptr<File>> file = opened();
  if (file) {
    MutexLock lock(live->mutex);
    live->mirror = *std::move(file);
  } else {
    NoteBehind(file.error());
  }
  return std::make_unique<MirroredFile>(*this, std::move(live));
}

Result<std::vector<std::string>> MirroredDisk::List(const std::string& directory) {
  return disk_.List(directory);
}

Result<> MirroredDisk::CreateDirectories(const std::string& directory) {
  const std::string mirror = MirrorOf(directory);
  if (!mirror.empty() && directory != directory_) {
    if (const auto made = disk_.CreateDirectories(mirror); !made) NoteBehind(made.error());
  }
  return disk_.CreateDirectories(directory);
}

Result<> MirroredDisk::Rename(const std::string& from, const std::string& to) {
  const std::string mirror_from = MirrorOf(from);
  const std::string mirror_to = MirrorOf(to);
  if (!mirror_from.empty() && !mirror_to.empty()) {
    if (const auto done = disk_.Rename(mirror_from, mirror_to); !done) NoteBehind(done.error());
  }
  return disk_.Rename(from, to);
}

Result<> MirroredDisk::Remove(const std::string& path) {
  const std::string mirror_path = MirrorOf(path);
  if (!mirror_path.empty()) {
    if (const auto done = RemoveIfThere(disk_, mirror_path); !done) NoteBehind(done.error());
  }
  return disk_.Remove(path);
}

Result<> MirroredDisk::SyncDirectory(const std::string& directory) {
  const std::string mirror = MirrorOf(directory);
  if (!mirror.empty()) {
    if (const auto done = disk_.SyncDirectory(mirror); !done) NoteBehind(done.error());
  }
  return disk_.SyncDirectory(directory);
}

Result<bool> MirroredDisk::Exists(const std::string& path) { return disk_.Exists(path); }

Result<uint64_t> MirroredDisk::FreeBytes(const std::string& path) { return disk_.FreeBytes(path); }

Result<std::unique_ptr<DiskLock>> MirroredDisk::Lock(const std::string& path) {
  return disk_.Lock(path);
}

Result<> MirroredDisk::CatchUp(bool everything) {
  if (!behind_) return {};
  if (auto same = CheckSameJournal(disk_, directory_, mirror_); !same) {
    NoteBehind(same.error());
    return same;
  }
  if (everything) behind_ = false;  // or a failure from here on would be overlooked
  auto caught_up = [&]() -> Result<> {
    std::vector<std::shared_ptr<Live>> open;
    {
      MutexLock lock(mutex_);
      for (const auto& [path, live] : live_) {
        if (auto still_open = live.lock()) open.push_back(std::move(still_open));
      }
    }
    for (const auto& live : open) TAMTAP_RETURN_IF_ERROR(CopyLive(*live));
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

Result<> MirroredDisk::CopyLive(Live& live) {
  {
    MutexLock lock(live.mutex);
    if (live.mirror) return {};
    live.missed_from = UINT64_MAX;
    live.missed_to = 0;
  }
  // While taps go on; what they write meanwhile is copied at the end.
  TAMTAP_RETURN_IF_ERROR(CopyIfDifferent(live.path));
  TAMTAP_TRY(std::unique_ptr<File> mirror, disk_.Open(MirrorOf(live.path), OpenMode::kReadWrite));
  MutexLock lock(live.mutex);
  TAMTAP_TRY(const uint64_t size, live.primary->Size());
  if (live.missed_from < live.missed_to) {
    TAMTAP_RETURN_IF_ERROR(
        CopyBytes(*live.primary, *mirror, live.missed_from, std::min(live.missed_to, size)));
  }
  TAMTAP_RETURN_IF_ERROR(mirror->Truncate(size));
  TAMTAP_RETURN_IF_ERROR(mirror->DataSync());
  live.mirror = std::move(mirror);
  return {};
}

Result<> MirroredDisk::CopyIfDifferent(const std::string& path) {
  const std::string mirror_path = MirrorOf(path);
  TAMTAP_TRY(const std::optional<SealLine> our_seal, SealIfThere(disk_, path));
  TAMTAP_TRY(const std::optional<SealLine> their_seal, SealIfThere(disk_, mirror_path));
  if (SameSeal(our_seal, their_seal)) return {};
  TAMTAP_TRY(const std::string ours, ReadFile(disk_, path));
  TAMTAP_TRY(const std::string theirs, ContentIfThere(disk_, mirror_path));
  if (ours == theirs && !ours.empty()) return {};
  if (const auto number = SegmentNumber(path.substr(path.rfind('/') + 1))) {
    // It may hold what the journal lost since the last start.
    const MergedSegment merged = MergeSegments(ours, theirs, UINT64_MAX);
    if (merged.restored + merged.contradicted > 0) {
      TAMTAP_RETURN_IF_ERROR(KeepInSetAside(disk_, mirror_, *number, theirs));
    }
  }
  return WriteFileAtomically(disk_, mirror_path, ours);
}

Result<> MirroredDisk::CopyRest() {
  const auto copy_all = [&](const std::string& directory) -> Result<> {
    TAMTAP_TRY(const std::vector<std::string> names, disk_.List(directory));
    for (const std::string& name : names) {
      const std::string path = JoinPath(directory, name);
      if (name == "lock" || name == kArchive || name == "set-aside") continue;
      {
        MutexLock lock(mutex_);
        const auto live = live_.find(path);
        if (live != live_.end() && !live->second.expired()) continue;
      }
      auto copied = CopyIfDifferent(path);
      TAMTAP_TRY(const bool still_there, disk_.Exists(path));
      if (!copied && still_there) return copied;
    }
    return {};
  };
  TAMTAP_RETURN_IF_ERROR(copy_all(directory_));
  const std::string archive = JoinPath(directory_, kArchive);
  TAMTAP_TRY(const bool archived, disk_.Exists(archive));
  if (archived) {
    TAMTAP_RETURN_IF_ERROR(disk_.CreateDirectories(MirrorOf(archive)));
    TAMTAP_RETURN_IF_ERROR(copy_all(archive));
  }
  // What left the journal leaves the mirror.
  TAMTAP_TRY(const RetiredLine retired, ReadRetired(disk_, directory_));
  TAMTAP_TRY(const std::vector<uint64_t> theirs, ListSegments(disk_, mirror_));
  for (const uint64_t number : theirs) {
    if (number > retired.segments) break;
    TAMTAP_RETURN_IF_ERROR(disk_.Remove(JoinPath(mirror_, SegmentName(number))));
  }
  return {};
}

}  // namespace tamtap::journal
