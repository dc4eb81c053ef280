#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <filesystem>

#include "base/disk.h"
#include "base/running_sha256.h"
#include "base/tar.h"
#include "central/stores.h"
#include "cli/backup.h"
#include "cli/central_choice.h"
#include "cli/compose.h"
#include "journal/journal_reader.h"
#include "journal/segment.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr int kMostRounds = 5;  // of copying a segment that is being sealed
constexpr std::string_view kSqliteStart = "SQLite format 3";

// A directory beside the archive for what can't be archived where it lies; gone at the end.
class Staging {
 public:
  explicit Staging(std::string path) : path_(std::move(path)) {}
  ~Staging() {
    std::error_code ignored;  // what is left shows by its name whose it is
    fs::remove_all(path_, ignored);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

class BackupWriter {
 public:
  explicit BackupWriter(File& archive) : tar_(archive) {}

  Result<> Add(const std::string& name, const std::string& path) {
    TAMTAP_TRY(const auto file, PosixDisk().Open(path, OpenMode::kRead));
    TAMTAP_TRY(const uint64_t size, file->Size());
    RunningSha256 hash;
    TAMTAP_RETURN_IF_ERROR(
        tar_.Add(name, *file, size, [&](std::string_view piece) { hash.Add(piece); }));
    list_.push_back({{"name", name}, {"size", size}, {"sha256", hash.Hex()}});
    ++files;
    bytes += size;
    return {};
  }

  Result<> Finish(const std::string& until) {
    const json::object manifest{{"tamtap_backup", kBackupFormat},
                                {"version", TAMTAP_VERSION},
                                {"until", until},
                                {"files", list_}};
    TAMTAP_RETURN_IF_ERROR(tar_.AddText(kManifestName, json::serialize(manifest) + "\n"));
    return tar_.Finish();
  }

  uint64_t files = 0;
  uint64_t bytes = 0;

 private:
  TarWriter tar_;
  json::array list_;
};

bool IsSqliteFile(const std::string& path) {
  const auto file = PosixDisk().Open(path, OpenMode::kRead);
  std::array<char, kSqliteStart.size()> start{};
  if (!file) return false;
  const auto got = (*file)->ReadAt(0, start);
  return got && std::string_view(start.data(), *got) == kSqliteStart;
}

// What belongs to a running process, or is being written and gets its name later.
bool IsPassing(const std::string& name) {
  return name == "lock" || name == "server.lock" || name.ends_with(".new") ||
         name.ends_with("-wal") || name.ends_with("-shm") || name.ends_with("-journal");
}

class Backup {
 public:
  Backup(const Settings& settings, BackupWriter& writer, const std::string& staging)
      : settings_(settings), writer_(writer), staging_(staging) {}

  Result<> AddAll() {
    TAMTAP_RETURN_IF_ERROR(Sort(settings_.data, ""));
    for (const std::string& name : databases_) {
      const std::string copy = JoinPath(staging_, "database");
      TAMTAP_RETURN_IF_ERROR(central::CopySqlite(JoinPath(settings_.data, name), copy));
      TAMTAP_RETURN_IF_ERROR(central::CheckSqlite(copy));
      TAMTAP_RETURN_IF_ERROR(writer_.Add(name, copy));
      TAMTAP_RETURN_IF_ERROR(RemoveWithLog(copy));
    }
    for (const std::string& name : others_) TAMTAP_RETURN_IF_ERROR(AddIfStillThere(name));
    return AddJournal();
  }

  const std::string& until() const { return until_; }
  std::vector<std::string>& notes() { return notes_; }

 private:
  // What lies in a directory: databases, other files, and the journal's segments, which come by
  // themselves.
  Result<> Sort(const std::string& directory, const std::string& prefix) {
    std::error_code failed;
    for (fs::directory_iterator each(directory, failed), end; !failed && each != end;
         each.increment(failed)) {
      const std::string file = each->path().filename().string();
      const std::string name = prefix + file;
      const fs::file_status status = each->symlink_status(failed);
      if (failed) break;
      if (fs::is_directory(status)) {
        TAMTAP_RETURN_IF_ERROR(Sort(each->path().string(), name + "/"));
      } else if (!fs::is_regular_file(status)) {
        notes_.push_back(fmt::format("{} is no plain file, and is left out", name));
      } else if (!IsTarName(name)) {
        notes_.push_back(fmt::format("{} has too long a name, and is left out", name));
      } else if (prefix == "journal/" && (journal::SegmentNumber(file) || file == "retired")) {
        continue;
      } else if (IsPassing(file)) {
        continue;
      } else if (IsSqliteFile(each->path().string())) {
        databases_.push_back(name);
      } else {
        others_.push_back(name);
      }
    }
    if (failed) return ErrnoError(failed.value(), "read " + directory);
    return {};
  }

  Result<> RemoveWithLog(const std::string& database) {
    for (const char* const suffix : {"", "-wal", "-shm", "-journal"}) {
      TAMTAP_RETURN_IF_ERROR(RemoveIfThere(PosixDisk(), database + suffix));
    }
    return {};
  }

  // Photos that have reached the server, and requests that were carried out, go meanwhile.
  Result<> AddIfStillThere(const std::string& name) {
    const std::string path = JoinPath(settings_.data, name);
    auto added = writer_.Add(name, path);
    if (added || added.error().errno_value != ENOENT) return added;
    return {};
  }

  Result<> AddJournal() {
    const std::string source = JoinPath(settings_.data, "journal");
    const std::string copy = JoinPath(staging_, "journal");
    until_ = Now();
    TAMTAP_TRY(const bool there, PosixDisk().Exists(source));
    if (!there) return {};
    TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(copy));
    TAMTAP_TRY(auto segments, journal::ListSegments(PosixDisk(), source));
    if (segments.empty()) return {};
    for (int round = 0; round < kMostRounds; ++round) {
      // All but the newest two, then what has left the journal meanwhile, then these: the last one
      // may be prepared only, and then the one before it is in use.
      const size_t first = round == 0 ? 0 : known_;
      known_ = segments.size() - std::min<size_t>(segments.size(), 2);
      for (size_t i = first; i < known_; ++i) {
        TAMTAP_RETURN_IF_ERROR(CopySegment(source, copy, segments[i]));
      }
      TAMTAP_RETURN_IF_ERROR(CopyIfThere(source, copy, "retired"));
      until_ = Now();
      for (size_t i = known_; i < segments.size(); ++i) {
        TAMTAP_RETURN_IF_ERROR(CopySegment(source, copy, segments[i]));
      }
      TAMTAP_TRY(auto now, journal::ListSegments(PosixDisk(), source));
      const bool grew = now.back() != segments.back();
      segments = std::move(now);
      if (grew) {
        known_ = 0;  // those before it may have been sealed, or have left
        continue;
      }
      TAMTAP_TRY(const bool whole, IsWhole(source, copy));
      if (whole) break;
      known_ = 0;
    }
    return AddCopied(copy);
  }

  Result<> CopySegment(const std::string& source, const std::string& copy, uint64_t number) {
    return CopyIfThere(source, copy, journal::SegmentName(number));
  }

  Result<> CopyIfThere(const std::string& source, const std::string& copy,
                       const std::string& name) {
    const auto from = PosixDisk().Open(JoinPath(source, name), OpenMode::kRead);
    TAMTAP_RETURN_IF_ERROR(RemoveIfThere(PosixDisk(), JoinPath(copy, name)));
    if (!from && from.error().errno_value == ENOENT) return {};
    if (!from) return from.error();
    TAMTAP_TRY(const auto to, PosixDisk().Open(JoinPath(copy, name), OpenMode::kCreateReadWrite));
    TAMTAP_TRY(const uint64_t size, (*from)->Size());
    return CopyBytes(**from, *to, 0, size);
  }

  // Whether the copy has no damage that the journal itself has not. A copy that was made while a
  // segment was being sealed has some.
  Result<bool> IsWhole(const std::string& source, const std::string& copy) {
    TAMTAP_TRY(const auto copied, journal::ReadWholeJournal(PosixDisk(), SystemClock(), copy));
    if (copied.damage.empty()) return true;
    TAMTAP_TRY(const auto now, journal::ReadWholeJournal(PosixDisk(), SystemClock(), source));
    if (copied.damage != now.damage) return false;
    notes_.push_back(fmt::format(
        "the journal has damage in {} places, and so has its copy; see `tamtap journal verify`",
        now.damage.size()));
    return true;
  }

  Result<> AddCopied(const std::string& copy) {
    TAMTAP_TRY(const auto names, PosixDisk().List(copy));
    for (const std::string& name : names) {
      TAMTAP_RETURN_IF_ERROR(writer_.Add("journal/" + name, JoinPath(copy, name)));
    }
    return {};
  }

  static std::string Now() {
    const auto zone = TimeZone::Load("UTC");
    return zone ? zone->ToLocal(SystemClock().Now()).iso : std::string();
  }

  const Settings& settings_;
  BackupWriter& writer_;
  const std::string staging_;
  std::vector<std::string> databases_;
  std::vector<std::string> others_;
  std::vector<std::string> notes_;
  std::string until_;
  size_t known_ = 0;  // segments that were copied and don't change any more
};

// What a backup of this directory can't have: records that are elsewhere.
void NoteWhatIsElsewhere(const Settings& settings, std::vector<std::string>& notes) {
  const auto choice = ChooseMaster(settings);
  if (!choice) {
    notes.push_back(choice.error().Message());
    return;
  }
  const std::string inside = "sqlite:" + JoinPath(settings.data, "");
  if (choice->central.starts_with(inside) || choice->central.starts_with("sqlite:DATA/")) return;
  const bool is_mongo = choice->central.starts_with("mongodb");
  notes.push_back(fmt::format("the school{} its attendance are in {}, and not in this backup",
                              is_mongo ? ", its accounts and" : " and",
                              ForPeople(choice->central)));
}

}  // namespace

Result<BackupMade> CreateBackup(const Settings& settings, const std::string& settings_file,
                                const std::string& file) {
  TAMTAP_TRY(const bool there, PosixDisk().Exists(settings.data));
  if (!there) {
    return Error{ErrorCode::kMisconfigured, "back up " + settings.data, ENOENT,
                 "say with --data or --config where the data is"};
  }
  TAMTAP_TRY(const bool taken, PosixDisk().Exists(file));
  if (taken) return ErrnoError(EEXIST, "write the backup " + file, "name another file");
  // Only its owner may read it, from the first byte on.
  const std::string part = file + ".part";
  TAMTAP_RETURN_IF_ERROR(RemoveIfThere(PosixDisk(), part));
  const Staging staging(file + ".staging");
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(staging.path()));
  BackupMade made;
  made.file = file;
  const auto write = [&]() -> Result<> {
    TAMTAP_TRY(const auto archive, PosixDisk().Open(part, OpenMode::kCreateReadWrite));
    BackupWriter writer(*archive);
    if (!settings_file.empty()) {
      TAMTAP_RETURN_IF_ERROR(writer.Add("settings/tamtap.toml", settings_file));
    }
    Backup backup(settings, writer, staging.path());
    TAMTAP_RETURN_IF_ERROR(backup.AddAll());
    TAMTAP_RETURN_IF_ERROR(writer.Finish(backup.until()));
    made.files = writer.files;
    made.bytes = writer.bytes;
    made.until = backup.until();
    made.notes = std::move(backup.notes());
    TAMTAP_RETURN_IF_ERROR(PosixDisk().Rename(part, file));
    return PosixDisk().SyncDirectory(ParentDirectory(file));
  };
  if (const auto written = write(); !written) {
    if (const auto removed = RemoveIfThere(PosixDisk(), part); !removed) {
      Error error = written.error();
      error.hint += fmt::format("; {} is left behind: {}", part, removed.error().Message());
      return error;
    }
    return written.error();
  }
  NoteWhatIsElsewhere(settings, made.notes);
  return made;
}

}  // namespace tamtap::cli
