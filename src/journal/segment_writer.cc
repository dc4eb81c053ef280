#include "journal/segment_writer.h"

#include <algorithm>

#include "base/log.h"
#include "journal/line.h"
#include "journal/segment.h"
#include "journal/set_aside.h"

namespace tamtap::journal {
namespace {

// A page at a time: what is filled in one call the kernel may keep in one large folio, and the
// flush of a single line after it then takes a fifth longer (docs/decisions/0028).
constexpr size_t kPrepareBytes = 4 << 10;

}  // namespace

std::string SegmentWriter::PathOf(uint64_t number) const {
  return JoinPath(options_.directory, SegmentName(number));
}

Result<> SegmentWriter::Reaffirm(uint64_t number, uint64_t end) {
  TAMTAP_TRY(const std::unique_ptr<File> file, disk_.Open(PathOf(number), OpenMode::kReadWrite));
  TAMTAP_RETURN_IF_ERROR(CopyBytes(*file, *file, 0, end));
  TAMTAP_RETURN_IF_ERROR(file->DataSync());
  return disk_.SyncDirectory(options_.directory);
}

Result<> SegmentWriter::Resume(uint64_t number, uint64_t end) {
  TAMTAP_RETURN_IF_ERROR(Reaffirm(number, end));
  TAMTAP_TRY(std::unique_ptr<File> file, disk_.Open(PathOf(number), OpenMode::kReadWrite));
  current_.emplace(std::move(file), number, options_.capacity);
  return current_->ResumeAt(end);
}

Result<> SegmentWriter::AdoptPrepared(uint64_t number) {
  MutexLock lock(next_mutex_);
  const std::string path = PathOf(number);
  TAMTAP_TRY(std::unique_ptr<File> file, disk_.Open(path, OpenMode::kReadWrite));
  TAMTAP_TRY(const uint64_t size, file->Size());
  if (size != options_.capacity) {
    // A crash cut its preparation short. Its number is free again, or a segment would seem missing.
    TAMTAP_RETURN_IF_ERROR(disk_.Remove(path));
    last_number_ = number - 1;
    return {};
  }
  TAMTAP_RETURN_IF_ERROR(file->DataSync());
  TAMTAP_RETURN_IF_ERROR(disk_.SyncDirectory(options_.directory));
  next_ = {std::move(file), number};
  return {};
}

Result<Placement> SegmentWriter::Write(std::string_view bytes, bool sync) {
  Result<> outcome;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!current_ || !current_->HasRoomFor(bytes.size())) TAMTAP_RETURN_IF_ERROR(Advance());
    const Placement placement{current_->number(), current_->offset()};
    outcome = current_->Add(bytes, sync);
    if (outcome) return placement;
    LogError("journal segment {}: {}; going on in a new segment", placement.segment,
             outcome.error().Message());
    if (current_->wrote_blocks()) blocks_work_ = false;
    current_.reset();
    broken_.push_back(placement.segment);
  }
  return std::move(outcome).error();
}

Result<> SegmentWriter::Advance() {
  Prepared prepared;
  {
    MutexLock lock(next_mutex_);
    if (!next_.file) {
      TAMTAP_TRY(next_, Create());
    }
    prepared = std::exchange(next_, {});
  }
  current_.reset();
  SegmentFile segment(std::move(prepared.file), prepared.number, options_.capacity);
  if (!blocks_work_) segment.UseNoBlocks();
  std::string header;
  AppendSegmentLine({prepared.number, options_.journal}, header);
  // Not flushed by itself: the first flush of a line after it flushes it too.
  TAMTAP_RETURN_IF_ERROR(segment.Add(header, /*sync=*/false));
  current_.emplace(std::move(segment));
  return {};
}

Result<> SegmentWriter::Prepare() {
  MutexLock lock(next_mutex_);
  if (next_.file) return {};
  TAMTAP_TRY(next_, Create());
  return {};
}

Result<SegmentWriter::Prepared> SegmentWriter::Create() {
  const uint64_t number = last_number_ + 1;
  const std::string path = PathOf(number);
  Prepared segment;
  segment.number = number;
  // Somebody may have put a file there since the start.
  TAMTAP_RETURN_IF_ERROR(
      ClearName(disk_, options_.directory, SegmentName(number), options_.journal));
  TAMTAP_TRY(segment.file, disk_.Open(path, OpenMode::kCreateReadWrite));
  const std::string newlines(std::min<uint64_t>(kPrepareBytes, options_.capacity), '\n');
  Result<> outcome;
  for (uint64_t at = 0; outcome && at < options_.capacity; at += newlines.size()) {
    const uint64_t count = std::min<uint64_t>(newlines.size(), options_.capacity - at);
    outcome = segment.file->WriteAt(at, std::string_view(newlines).substr(0, count));
  }
  if (outcome) outcome = segment.file->DataSync();
  if (outcome) outcome = disk_.SyncDirectory(options_.directory);
  if (!outcome) {
    // Half a file of newlines holds nothing; left there it would only take room.
    if (const auto removed = disk_.Remove(path); !removed) {
      LogWarning("journal: {}", removed.error().Message());
      last_number_ = number;
    }
    return std::move(outcome).error();
  }
  last_number_ = number;
  return segment;
}

}  // namespace tamtap::journal
