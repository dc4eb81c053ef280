#include "journal/retention.h"

#include <fmt/core.h>

#include "base/gzip.h"
#include "base/log.h"
#include "journal/ownership.h"
#include "journal/segment.h"
#include "journal/set_aside.h"

namespace tamtap::journal {
namespace {

constexpr size_t kMostPurged = 16;              // archived segments in one call
constexpr size_t kMostSegmentBytes = 64 << 20;  // unpacked

// Whether a segment holds what its seal says.
class Audit final : public LineVisitor {
 public:
  void OnLine(uint64_t, const LineView& line) override { taps_ += line.type == LineType::kTap; }
  void OnDamage(uint64_t, uint64_t, DamageKind) override { damaged_ = true; }
  bool Holds(uint64_t records) const { return !damaged_ && taps_ == records; }

 private:
  uint64_t taps_ = 0;
  bool damaged_ = false;
};

// The seal of an archived segment.
class Seal final : public LineVisitor {
 public:
  void OnLine(uint64_t, const LineView& line) override {
    if (line.type != LineType::kSeal) return;
    if (auto seal = ParseSealLine(line.text)) seal_ = *std::move(seal);
  }
  void OnDamage(uint64_t, uint64_t, DamageKind) override {}
  // The last day in the segment that a right clock showed; "" if nobody vouched for any.
  std::string LastDay() const {
    return seal_ ? seal_->last_vouched_day.value_or(seal_->last_day) : std::string();
  }

 private:
  std::optional<SealLine> seal_;
};

Result<std::string> LastDayOfArchived(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const std::string packed, ReadFile(disk, path));
  TAMTAP_TRY(const std::string content, Gunzip(packed, kMostSegmentBytes));
  Seal seal;
  ScanLines(content, /*at_end=*/false, seal);
  return seal.LastDay();
}

}  // namespace

std::string FirstKeptDay(WallTime now, uint32_t days) {
  const auto day = std::chrono::floor<std::chrono::days>(now) - std::chrono::days(days + 1);
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Result<RetiredLine> ReadRetired(Disk& disk, const std::string& directory) {
  const std::string path = JoinPath(directory, kRetiredFile);
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return RetiredLine{};
  TAMTAP_TRY(std::string text, ReadFile(disk, path));
  if (text.ends_with('\n')) text.pop_back();
  const auto line = CheckLine(text);
  if (line && line->type == LineType::kRetired) {
    if (auto retired = ParseRetiredLine(line->text)) return retired;
  }
  // No reason not to start: the segments that left are then reported as missing, which shows it.
  LogError("journal: {} is damaged; segments that left the journal will be reported as missing",
           path);
  return RetiredLine{};
}

Result<> WriteRetired(Disk& disk, const std::string& directory, const RetiredLine& retired) {
  TAMTAP_RETURN_IF_ERROR(
      ClearUnlessOurs(disk, directory, std::string(kRetiredFile), retired.checkpoint.journal));
  std::string text;
  AppendRetiredLine(retired, text);
  return WriteFileAtomically(disk, JoinPath(directory, kRetiredFile), text);
}

Result<> ArchiveSegment(Disk& disk, const std::string& directory, uint64_t segment,
                        uint64_t records, bool archive) {
  const std::string name = SegmentName(segment);
  TAMTAP_TRY(const std::string content, ReadFile(disk, JoinPath(directory, name)));
  Audit audit;
  ScanLines(content, /*at_end=*/false, audit);
  const bool whole = audit.Holds(records);
  if (whole && !archive) return {};
  const std::string to = JoinPath(directory, kArchive);
  TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(to));
  // Another journal's may have that name.
  TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, JoinPath(directory, name)));
  const std::string archived = whole ? name + std::string(kCompressed) : name;
  TAMTAP_RETURN_IF_ERROR(
      ClearUnlessOurs(disk, directory, JoinPath(kArchive, archived), owner.journal));
  if (!whole) {
    LogWarning("journal: segment {} is damaged; it is kept in {} as it is", segment, to);
    return WriteFileAtomically(disk, JoinPath(to, archived), content);
  }
  TAMTAP_TRY(const std::string compressed, Gzip(content));
  return WriteFileAtomically(disk, JoinPath(to, archived), compressed);
}

Result<size_t> PurgeArchive(Disk& disk, const std::string& directory, std::string_view journal,
                            std::string_view first_kept_day) {
  TAMTAP_TRY(const std::vector<std::string> files, ListArchive(disk, directory));  // by number
  std::vector<std::string> old;
  size_t leaving = 0;
  for (const std::string& file : files) {
    if (!file.ends_with(kCompressed) || leaving == kMostPurged) continue;
    auto last_day = LastDayOfArchived(disk, JoinPath(directory, file));
    if (!last_day && last_day.error().code == ErrorCode::kCorrupt) continue;
    if (!last_day) return last_day.error();
    if (*last_day >= first_kept_day) break;
    old.push_back(file);
    if (!last_day->empty()) leaving = old.size();
  }
  old.resize(leaving);
  for (const std::string& file : old) {
    TAMTAP_RETURN_IF_ERROR(RemoveIfOurs(disk, directory, file, journal));
  }
  if (!old.empty()) TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(JoinPath(directory, kArchive)));
  return old.size();
}

}  // namespace tamtap::journal
