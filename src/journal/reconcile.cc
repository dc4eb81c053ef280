#include "journal/reconcile.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/log.h"
#include "journal/merge.h"
#include "journal/mirror.h"
#include "journal/ownership.h"
#include "journal/retention.h"
#include "journal/segment.h"
#include "journal/set_aside.h"

namespace tamtap::journal {
namespace {

constexpr std::string_view kRememberedIn = "mirror";

bool IsDamaged(std::string_view segment) {
  class Damages final : public LineVisitor {
   public:
    void OnLine(uint64_t, const LineView&) override {}
    void OnDamage(uint64_t, uint64_t, DamageKind kind) override {
      found |= kind == DamageKind::kCorrupt;
    }
    bool found = false;
  };
  Damages damages;
  ScanLines(segment, /*at_end=*/true, damages);
  return damages.found;
}

Result<std::string> ContentIfThere(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return std::string();
  return ReadFile(disk, path);
}

// Both copies of the segments that are not the same in both.
class Copies {
 public:
  Copies(Disk& disk, const std::string& directory, const std::string& mirror,
         const std::string& journal)
      : disk_(disk), directory_(directory), mirror_(mirror), journal_(journal) {}

  Result<> Find(uint64_t retired);
  Result<Parting> FindParting();
  // Restores.
  Result<> Merge(const Parting& parting);
  bool anything_to_restore() const { return anything_to_restore_; }

 private:
  Result<std::string> Ours(uint64_t number) {
    return ContentIfThere(disk_, JoinPath(directory_, SegmentName(number)));
  }
  // Empty if it is not this journal's.
  Result<std::string> Theirs(uint64_t number);
  Result<bool> AreTheSame(uint64_t number);

  Disk& disk_;
  const std::string& directory_;
  const std::string& mirror_;
  const std::string& journal_;
  std::set<uint64_t, std::greater<>> numbers_;  // of all segments, the last first
  std::map<uint64_t, uint64_t> same_;           // and the first tap's number there
  std::set<std::string> same_generations_;      // in which those were sealed
  bool anything_to_restore_ = false;
};

Result<std::string> Copies::Theirs(uint64_t number) {
  const std::string path = JoinPath(mirror_, SegmentName(number));
  TAMTAP_TRY(const FileOwner owner, OwnerOf(disk_, path));
  if (owner.blank || owner.misnamed) return std::string();
  if (!owner.journal.empty() && owner.journal != journal_) return std::string();
  TAMTAP_TRY(std::string theirs, ReadFile(disk_, path));
  if (!owner.journal.empty()) return theirs;
  // Its first line is damaged. It is ours if it has a line of ours where we have it, or continues
  // what the segment before it says.
  TAMTAP_TRY(const std::string ours, Ours(number));
  if (SharesALine(ours, theirs)) return theirs;
  TAMTAP_TRY(const std::string before, Ours(number - 1));
  TAMTAP_TRY(const std::string before_in_mirror,
             ContentIfThere(disk_, JoinPath(mirror_, SegmentName(number - 1))));
  return SharesAGeneration(before, theirs) || SharesAGeneration(before_in_mirror, theirs)
             ? theirs
             : std::string();
}

Result<bool> Copies::AreTheSame(uint64_t number) {
  const auto seal_of = [&](const std::string& path) -> Result<std::optional<SealLine>> {
    TAMTAP_TRY(const bool there, disk_.Exists(path));
    if (!there) return std::optional<SealLine>();
    TAMTAP_TRY(const std::unique_ptr<File> file, disk_.Open(path, OpenMode::kRead));
    return ReadSeal(*file);
  };
  TAMTAP_TRY(const auto ours, seal_of(JoinPath(directory_, SegmentName(number))));
  if (!ours) return false;
  const std::string their_path = JoinPath(mirror_, SegmentName(number));
  TAMTAP_TRY(const auto theirs, seal_of(their_path));
  TAMTAP_TRY(const FileOwner their_owner, OwnerOf(disk_, their_path));
  // Sealed segments of one seal are taken to be the same, and what the mirror does not have can't
  // be restored from it: all of them can't be read.
  if (!SameSeal(ours, theirs) && !their_owner.blank) return false;
  same_generations_.insert(ours->checkpoint.generation);
  same_[number] = ours->records > 0 ? ours->first_sequence : UINT64_MAX;
  return true;
}

Result<> Copies::Find(uint64_t retired) {
  TAMTAP_TRY(const std::vector<uint64_t> ours, ListSegments(disk_, directory_));
  TAMTAP_TRY(const std::vector<uint64_t> theirs, ListSegments(disk_, mirror_));
  numbers_.insert(ours.begin(), ours.end());
  numbers_.insert(theirs.begin(), theirs.end());
  std::erase_if(numbers_, [&](uint64_t number) { return number <= retired; });
  for (const uint64_t number : numbers_) {
    TAMTAP_TRY(const bool same, AreTheSame(number));
    if (same) continue;
    TAMTAP_TRY(const std::string our_bytes, Ours(number));
    if (our_bytes.find_first_not_of('\n') == std::string::npos) {
      anything_to_restore_ = true;  // if only an empty segment
      continue;
    }
    TAMTAP_TRY(const std::string their_bytes, Theirs(number));
    if (our_bytes == their_bytes) continue;
    anything_to_restore_ |= MergeSegments(our_bytes, their_bytes, UINT64_MAX).restored > 0;
  }
  return {};
}

Result<Parting> Copies::FindParting() {
  Numbering ours;
  Numbering theirs;
  for (auto number = numbers_.rbegin(); number != numbers_.rend(); ++number) {
    if (same_.contains(*number)) continue;
    TAMTAP_TRY(const std::string our_bytes, Ours(*number));
    ours.Read(our_bytes);
  }
  for (auto number = numbers_.rbegin(); number != numbers_.rend(); ++number) {
    if (same_.contains(*number)) continue;
    TAMTAP_TRY(const std::string their_bytes, Theirs(*number));
    theirs.Read(their_bytes);
  }
  for (const std::string& generation : same_generations_) {
    ours.NoteGeneration(generation);
    theirs.NoteGeneration(generation);
  }
  return ours.PartsFrom(theirs);
}

Result<> Copies::Merge(const Parting& parting) {
  uint64_t first_taken = UINT64_MAX;  // by the segments after the one that is looked at
  for (const uint64_t number : numbers_) {
    if (const auto same = same_.find(number); same != same_.end()) {
      first_taken = std::min(first_taken, same->second);
      continue;
    }
    TAMTAP_TRY(const std::string our_bytes, Ours(number));
    TAMTAP_TRY(const std::string their_bytes, Theirs(number));
    const MergedSegment merged = our_bytes == their_bytes
                                     ? MergedSegment{}
                                     : MergeSegments(our_bytes, their_bytes, first_taken, parting);
    if (merged.restored > 0) {
      LogWarning("journal: {} lines of segment {} restored from the mirror", merged.restored,
                 number);
      if (IsDamaged(our_bytes)) {
        TAMTAP_RETURN_IF_ERROR(
            KeepCopyAside(disk_, directory_, journal_, SegmentName(number), our_bytes));
      }
      TAMTAP_RETURN_IF_ERROR(
          WriteFileAtomically(disk_, JoinPath(directory_, SegmentName(number)), merged.bytes));
      first_taken = std::min(first_taken, FirstTakenBy(merged.bytes));
    }
    first_taken = std::min(first_taken, FirstTakenBy(our_bytes));
  }
  return {};
}

Result<> RestoreRetired(Disk& disk, const std::string& directory, const std::string& mirror,
                        const std::string& journal, RetiredLine& retired) {
  TAMTAP_TRY(retired, ReadRetired(disk, directory));
  TAMTAP_TRY(const RetiredLine theirs, ReadRetired(disk, mirror));
  if (theirs.checkpoint.journal != journal || theirs.segments <= retired.segments) return {};
  // An old copy of the card may have these segments, with other taps of the same numbers in them:
  // nothing leaves that is here.
  TAMTAP_TRY(const std::vector<uint64_t> ours, ListSegments(disk, directory));
  if (!ours.empty() && ours.front() <= theirs.segments) return {};
  TAMTAP_RETURN_IF_ERROR(WriteRetired(disk, directory, theirs));
  retired = theirs;
  return {};
}

}  // namespace

TakenMirror TakeMirror(Disk& disk, const std::string& directory, const std::string& mirror,
                       const std::string& terminal, std::string& journal) {
  TakenMirror taken;
  const auto take = [&]() -> Result<> {
    TAMTAP_TRY(const bool there, disk.Exists(mirror));
    if (!there) return MirrorIsAway(mirror);
    TAMTAP_TRY(taken.lock, disk.Lock(JoinPath(mirror, "lock")));
    if (journal.empty()) {
      TAMTAP_TRY(const std::string theirs, JournalIn(disk, mirror, terminal));
      TAMTAP_TRY(const bool is_this_gates, IsJournalOf(disk, mirror, theirs, terminal));
      if (is_this_gates) journal = theirs;
    }
    TAMTAP_RETURN_IF_ERROR(SetForeignAside(disk, mirror, journal));
    if (journal.empty()) return {};
    return Reconcile(disk, directory, mirror, journal);
  };
  if (const auto done = take(); !done) {
    taken.lock.reset();
    taken.problem = done.error();
  }
  return taken;
}

void RememberMirror(Disk& disk, const std::string& directory, const std::string& mirror) {
  if (RememberedMirror(disk, directory) == mirror) return;
  const auto written = WriteFileAtomically(disk, JoinPath(directory, kRememberedIn), mirror + "\n");
  if (!written) LogWarning("journal: {}", written.error().Message());
}

std::string RememberedMirror(Disk& disk, const std::string& directory) {
  const auto text = ReadFile(disk, JoinPath(directory, kRememberedIn));
  return text ? text->substr(0, text->find('\n')) : std::string();
}

Result<> Reconcile(Disk& disk, const std::string& directory, const std::string& mirror,
                   const std::string& journal) {
  RetiredLine retired;
  TAMTAP_RETURN_IF_ERROR(RestoreRetired(disk, directory, mirror, journal, retired));
  Copies copies(disk, directory, mirror, journal);
  TAMTAP_RETURN_IF_ERROR(copies.Find(retired.segments));
  if (!copies.anything_to_restore()) return {};
  TAMTAP_TRY(const Parting parting, copies.FindParting());
  if (parting.anywhere()) {
    LogWarning(
        "journal: from tap {} on the mirror tells another story (an old copy of the card was put "
        "back?); what it tells is set aside there",
        parting.from);
  }
  return copies.Merge(parting);
}

}  // namespace tamtap::journal
