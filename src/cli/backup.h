// A backup is one tar archive of a data directory: the databases as they are at one moment each,
// then photos and small files, then the journal, and `manifest.json` last, with the SHA-256 of each
// file. It is made while gate and server run, and holds up neither.
//
// The newest segment of the journal is read last of all, so that every tap that was acknowledged
// until then is in it: `until`. Where the copy of the central store is older than that, nothing is
// lost: a gate that is restored with it finds what it lacks and offers it again
// (docs/decisions/0016).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/settings.h"

namespace tamtap::cli {

inline constexpr const char* kManifestName = "manifest.json";
inline constexpr int kBackupFormat = 1;

struct BackupMade {
  std::string file;
  uint64_t files = 0;
  uint64_t bytes = 0;
  std::string until;  // ISO 8601: taps that were acknowledged before are in it
  std::vector<std::string>
      notes;  // what a person should know: damage that was there, what is elsewhere
};

// Makes the archive at `file`, which must not exist. Nothing is left behind when it fails.
// `settings_file`: of --config; empty: none.
Result<BackupMade> CreateBackup(const Settings& settings, const std::string& settings_file,
                                const std::string& file);

struct BackupRestored {
  uint64_t files = 0;
  uint64_t bytes = 0;
  uint64_t taps = 0;     // in the journal
  uint64_t pending = 0;  // of them
  std::string until;
  std::string settings_file;  // where the settings were put; empty: there were none
};

// Brings a backup into `settings.data`, which must be empty or missing. Everything is checked
// before any file gets its name: the hash of each, the databases, and the journal. kCorrupt: the
// backup is damaged. kMisconfigured: something is in the directory.
Result<BackupRestored> RestoreBackup(const Settings& settings, const std::string& file);

}  // namespace tamtap::cli
