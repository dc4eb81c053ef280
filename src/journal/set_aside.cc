#include "journal/set_aside.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/log.h"
#include "journal/ownership.h"
#include "journal/segment.h"

namespace tamtap::journal {
namespace {

constexpr std::string_view kSetAside = "set-aside";
constexpr std::string_view kUnknown = "unknown";
constexpr size_t kLongestId = 64;

// An id is read from a file that anybody may have written, and becomes a part of a path.
std::string DirectoryName(std::string_view id) {
  const bool fine =
      !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
      });
  return std::string(fine ? id : kUnknown);
}

// The first directory for that journal in which none of these names is taken.
Result<std::string> PlaceFor(Disk& disk, const std::string& directory, std::string_view owner,
                             const std::vector<std::string>& files) {
  const std::string base = JoinPath(JoinPath(directory, kSetAside), DirectoryName(owner));
  for (uint64_t n = 1;; ++n) {
    std::string place = n == 1 ? base : fmt::format("{}.{}", base, n);
    bool free = true;
    for (const std::string& file : files) {
      TAMTAP_TRY(const bool taken, disk.Exists(JoinPath(place, file)));
      free = free && !taken;
    }
    if (free) return place;
  }
}

}  // namespace

Result<> MoveAside(Disk& disk, const std::string& directory, std::string_view owner,
                   const std::vector<std::string>& files) {
  if (files.empty()) return {};
  TAMTAP_TRY(const std::string place, PlaceFor(disk, directory, owner, files));
  std::set<std::string> to;
  std::set<std::string> from;
  std::vector<std::string> moved;
  const auto move = [&]() -> Result<> {
    for (const std::string& file : files) {
      from.insert(ParentDirectory(JoinPath(directory, file)));
      if (to.insert(ParentDirectory(JoinPath(place, file))).second) {
        TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(ParentDirectory(JoinPath(place, file))));
      }
      TAMTAP_RETURN_IF_ERROR(disk.Rename(JoinPath(directory, file), JoinPath(place, file)));
      moved.push_back(file);
    }
    // The new names first: not even a file system that writes one directory without the other loses
    // the file.
    for (const std::string& each : to) TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(each));
    return {};
  };
  if (auto done = move(); !done) {
    // The new names may not be on the disk, and the next flush of the old directory would take the
    // old ones from it.
    for (const std::string& file : moved) {
      const auto back = disk.Rename(JoinPath(place, file), JoinPath(directory, file));
      if (!back) LogError("journal: {}", back.error().Message());
    }
    return done;
  }
  for (const std::string& each : from) TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(each));
  LogWarning(
      "journal: {} files in {} are not this journal's; they are kept in {}, and `tamtap journal "
      "import {}` takes over their taps",
      files.size(), directory, place, place);
  return {};
}

namespace {

// A move that failed half-way, and could not be taken back, left files under names that may not be
// on the disk. They must be there before anything makes the old names go.
Result<> SyncWhatIsAside(Disk& disk, const std::string& directory) {
  TAMTAP_TRY(const std::vector<std::string> aside, ListSetAside(disk, directory));
  for (const std::string& each : aside) {
    TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(each));
    const std::string archive = JoinPath(each, kArchive);
    TAMTAP_TRY(const bool archived, disk.Exists(archive));
    if (archived) TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(archive));
  }
  if (aside.empty()) return {};
  return disk.SyncDirectory(JoinPath(directory, kSetAside));
}

}  // namespace

Result<> SetForeignAside(Disk& disk, const std::string& directory, std::string_view journal,
                         std::string_view terminal) {
  TAMTAP_RETURN_IF_ERROR(SyncWhatIsAside(disk, directory));
  TAMTAP_TRY(std::vector<std::string> files, ListJournalFiles(disk, directory));
  std::map<std::string, std::vector<std::string>> foreign;  // by journal
  std::vector<std::string> nameless;
  std::map<uint64_t, std::string> blank;  // segments, by number
  uint64_t our_last = 0;
  bool any_ours = false;
  const size_t beside = files.size();
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string file = files[i];
    TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, JoinPath(directory, file)));
    any_ours |= !journal.empty() && owner.journal == journal;
    if (owner.Is(journal)) our_last = std::max(our_last, SegmentNumber(file).value_or(0));
    if (owner.blank && SegmentNumber(file)) {
      blank.emplace(*SegmentNumber(file), file);
    } else if (owner.journal.empty()) {
      nameless.push_back(file);
    } else if (owner.journal != journal) {
      foreign[owner.journal].push_back(file);
    }
    // The archive grows for ever, so it is looked at only if there is anything foreign beside it;
    // else before a name in it is used.
    if (i + 1 == beside && !foreign.empty()) {
      TAMTAP_TRY(const std::vector<std::string> archived, ListArchive(disk, directory));
      files.insert(files.end(), archived.begin(), archived.end());
    }
  }
  if (foreign.empty()) return {};
  // What names no journal belongs to those around it; so does a blank segment that can't be the one
  // that ours has prepared.
  std::vector<std::string>& with =
      foreign.size() == 1 ? foreign.begin()->second : foreign[std::string()];
  for (const std::string& file : nameless) {
    bool ours = any_ours;
    if (!ours && !terminal.empty() && SegmentNumber(file)) {
      TAMTAP_TRY(const Writer writer, WriterOf(disk, JoinPath(directory, file), terminal));
      ours = writer == Writer::kThisTerminal;
    }
    if (!ours) with.push_back(file);
  }
  for (const auto& [number, file] : blank) {
    if (!any_ours || number > our_last + 1) with.push_back(file);
  }
  for (const auto& [owner, of_owner] : foreign) {
    TAMTAP_RETURN_IF_ERROR(MoveAside(disk, directory, owner, of_owner));
  }
  return {};
}

Result<> ClearUnlessOurs(Disk& disk, const std::string& directory, const std::string& file,
                         std::string_view journal) {
  TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, JoinPath(directory, file)));
  if (owner.Is(journal)) return {};
  if (owner.blank) return RemoveIfThere(disk, JoinPath(directory, file));
  return MoveAside(disk, directory, owner.journal, {file});
}

Result<> ClearName(Disk& disk, const std::string& directory, const std::string& file,
                   std::string_view journal) {
  TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, JoinPath(directory, file)));
  if (owner.Is(journal)) return MoveAside(disk, directory, journal, {file});
  return ClearUnlessOurs(disk, directory, file, journal);
}

Result<> RemoveIfOurs(Disk& disk, const std::string& directory, const std::string& file,
                      std::string_view journal) {
  TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, JoinPath(directory, file)));
  if (owner.Is(journal) || owner.blank) return RemoveIfThere(disk, JoinPath(directory, file));
  return MoveAside(disk, directory, owner.journal, {file});
}

Result<> KeepCopyAside(Disk& disk, const std::string& directory, std::string_view journal,
                       const std::string& file, std::string_view content) {
  TAMTAP_TRY(const std::string place,
             PlaceFor(disk, directory, journal, {file, file + std::string(kUnfinished)}));
  TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(place));
  LogWarning("journal: {} is kept as it was in {}", file, place);
  return WriteFileAtomically(disk, JoinPath(place, file), content);
}

Result<std::vector<std::string>> ListSetAside(Disk& disk, const std::string& directory) {
  std::vector<std::string> directories;
  const std::string aside = JoinPath(directory, kSetAside);
  TAMTAP_TRY(const bool there, disk.Exists(aside));
  if (!there) return directories;
  TAMTAP_TRY(const std::vector<std::string> names, disk.List(aside));
  for (const std::string& name : names) {
    // A file that an earlier release put there itself is no directory.
    if (!ListJournalFiles(disk, JoinPath(aside, name))) continue;
    directories.push_back(JoinPath(aside, name));
  }
  return directories;
}

}  // namespace tamtap::journal
