#include <fmt/core.h>

#include <boost/json.hpp>
#include <filesystem>
#include <map>

#include "base/disk.h"
#include "base/running_sha256.h"
#include "base/tar.h"
#include "central/stores.h"
#include "cli/backup.h"
#include "cli/serving.h"
#include "journal/journal_reader.h"
#include "tap/json_fields.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr const char* kRestoring = ".restoring";
constexpr uint64_t kMostManifest = 256 << 20;  // of millions of photos

struct Unpacked {
  std::map<std::string, std::string> hashes;  // by name
  std::string manifest;
};

Error DamagedBackup(const std::string& file, std::string why) {
  return Error{ErrorCode::kCorrupt, "restore " + file, 0, std::move(why)};
}

// Brings every file of the archive into `directory`.
Result<Unpacked> Unpack(const std::string& file, const std::string& directory) {
  TAMTAP_TRY(const auto archive, PosixDisk().Open(file, OpenMode::kRead));
  TarReader reader(*archive);
  Unpacked unpacked;
  while (true) {
    TAMTAP_TRY(const auto entry, reader.Next());
    if (!entry) return unpacked;
    if (entry->name == kManifestName) {
      if (entry->size > kMostManifest) return DamagedBackup(file, "its manifest is too large");
      TAMTAP_RETURN_IF_ERROR(reader.Read(*entry, [&](std::string_view bytes) -> Result<> {
        unpacked.manifest += bytes;
        return {};
      }));
      continue;
    }
    const std::string path = JoinPath(directory, entry->name);
    TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(ParentDirectory(path)));
    TAMTAP_TRY(const auto out, PosixDisk().Open(path, OpenMode::kCreateReadWrite));
    RunningSha256 hash;
    uint64_t at = 0;
    const auto take = [&](std::string_view bytes) -> Result<> {
      hash.Add(bytes);
      auto written = out->WriteAt(at, bytes);
      at += bytes.size();
      return written;
    };
    TAMTAP_RETURN_IF_ERROR(reader.Read(*entry, take));
    TAMTAP_RETURN_IF_ERROR(out->DataSync());
    unpacked.hashes.emplace(entry->name, hash.Hex());
  }
}

// Holds what was unpacked against the manifest, and returns `until`.
Result<std::string> CheckManifest(const std::string& file, const Unpacked& unpacked) {
  boost::system::error_code failed;
  const json::value value = json::parse(unpacked.manifest, failed);
  const json::object* const manifest = failed ? nullptr : value.if_object();
  const json::value* const format = manifest ? manifest->if_contains("tamtap_backup") : nullptr;
  const json::value* const files = manifest ? manifest->if_contains("files") : nullptr;
  if (format == nullptr || files == nullptr || !files->is_array()) {
    return DamagedBackup(file, "it has no manifest: it is no backup of TamTap, or it was cut off");
  }
  if (*format != kBackupFormat) {
    return DamagedBackup(file, "a newer TamTap made it; restore it with that version");
  }
  size_t known = 0;
  for (const json::value& each : files->get_array()) {
    if (!each.is_object()) return DamagedBackup(file, "its manifest is damaged");
    const std::string name = TextAt(each.get_object(), "name");
    const auto found = unpacked.hashes.find(name);
    if (found == unpacked.hashes.end()) return DamagedBackup(file, name + " is missing in it");
    if (found->second != TextAt(each.get_object(), "sha256")) {
      return DamagedBackup(file, name + " in it is damaged");
    }
    ++known;
  }
  if (known != unpacked.hashes.size()) {
    return DamagedBackup(file, "it has files that its manifest does not name");
  }
  return TextAt(*manifest, "until");
}

Result<> CheckDatabases(const std::string& directory) {
  for (const char* const name : {"central.db", "server.db"}) {
    const std::string path = JoinPath(directory, name);
    TAMTAP_TRY(const bool there, PosixDisk().Exists(path));
    if (there) TAMTAP_RETURN_IF_ERROR(central::CheckSqlite(path));
  }
  return {};
}

Result<> CheckJournal(const std::string& directory, BackupRestored& restored) {
  const std::string path = JoinPath(directory, "journal");
  TAMTAP_TRY(const bool there, PosixDisk().Exists(path));
  if (!there) return {};
  TAMTAP_TRY(const auto state, journal::ReadWholeJournal(PosixDisk(), SystemClock(), path));
  return journal::ForEachTap(
      PosixDisk(), path, state, [&](const journal::TapVisit& visit) -> Result<> {
        ++restored.taps;
        restored.pending += visit.state == journal::TapState::kPending ? 1 : 0;
        return {};
      });
}

// Only where nothing is: what is there might be the only copy of a school.
Result<> CheckEmpty(const std::string& data) {
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(data));
  TAMTAP_TRY(const auto names, PosixDisk().List(data));
  if (names.empty()) return {};
  const bool cut = std::find(names.begin(), names.end(), kRestoring) != names.end();
  return Error{ErrorCode::kMisconfigured, "restore into " + data, 0,
               cut ? "a restore was cut off there; empty the directory and restore once more"
                   : "it is not empty; move what is there elsewhere, or name another directory"};
}

}  // namespace

Result<BackupRestored> RestoreBackup(const Settings& settings, const std::string& file) {
  TAMTAP_RETURN_IF_ERROR(CheckEmpty(settings.data));
  const std::string staged = JoinPath(settings.data, kRestoring);
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(staged));
  BackupRestored restored;
  const auto bring = [&]() -> Result<> {
    TAMTAP_TRY(const Unpacked unpacked, Unpack(file, staged));
    TAMTAP_TRY(restored.until, CheckManifest(file, unpacked));
    restored.files = unpacked.hashes.size();
    for (const auto& [name, hash] : unpacked.hashes) {
      TAMTAP_RETURN_IF_ERROR(PosixDisk().SyncDirectory(ParentDirectory(JoinPath(staged, name))));
      restored.bytes += fs::file_size(JoinPath(staged, name));
    }
    TAMTAP_RETURN_IF_ERROR(CheckDatabases(staged));
    return CheckJournal(staged, restored);
  };
  if (const auto brought = bring(); !brought) {
    std::error_code failed;
    fs::remove_all(staged, failed);
    if (!failed) return brought.error();
    Error error = brought.error();
    error.hint += fmt::format("; empty {} by hand", settings.data);
    return error;
  }
  TAMTAP_TRY(const auto names, PosixDisk().List(staged));
  for (const std::string& name : names) {
    TAMTAP_RETURN_IF_ERROR(
        PosixDisk().Rename(JoinPath(staged, name), JoinPath(settings.data, name)));
    if (name == "settings")
      restored.settings_file = JoinPath(settings.data, "settings/tamtap.toml");
  }
  std::error_code failed;
  fs::remove(staged, failed);
  if (failed) return ErrnoError(failed.value(), "remove " + staged, "remove it by hand");
  TAMTAP_RETURN_IF_ERROR(PosixDisk().SyncDirectory(settings.data));
  return restored;
}

}  // namespace tamtap::cli
