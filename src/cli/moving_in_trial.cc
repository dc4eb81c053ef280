#include "cli/moving_in_trial.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "cli/compose.h"
#include "journal/ownership.h"
#include "terminal/imported_taps.h"

namespace tamtap::cli {
namespace {

namespace fs = std::filesystem;

// For nobody but this user; removed with all that is in it.
class TrialDirectory {
 public:
  static Result<TrialDirectory> Make() {
    std::string path = (fs::temp_directory_path() / "tamtap-trial-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
      const int reason = errno;
      return ErrnoError(reason, fmt::format("create {}", path));
    }
    return TrialDirectory(std::move(path));
  }
  TrialDirectory(TrialDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TrialDirectory& operator=(TrialDirectory&&) = delete;
  ~TrialDirectory() {
    std::error_code failed;
    if (!path_.empty()) fs::remove_all(path_, failed);
  }

  const std::string& path() const { return path_; }

 private:
  explicit TrialDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace

std::string WhyLeftOut(const Record& record, std::string_view reason) {
  return fmt::format("attendance of {} on {}: {}", record.NfcId(), record.date, reason);
}

Result<> TryStore(SchoolStore& store, std::span<const Record> records, StoredCounts& counts,
                  std::vector<std::string>& left_out) {
  for (size_t first = 0; first < records.size(); first += kMostLookups) {
    const auto some = records.subspan(first, std::min(kMostLookups, records.size() - first));
    TAMTAP_TRY(const std::vector<size_t> lacking, store.Lacking(some));
    counts.there += some.size() - lacking.size();
    for (const size_t place : lacking) {
      // What can't be read back as it is, no store takes; all text is UTF-8 where it was read.
      if (const auto read = RecordFromJson(ToJson(some[place]))) {
        ++counts.added;
      } else {
        left_out.push_back(WhyLeftOut(some[place], read.error().operation));
      }
    }
  }
  return {};
}

Result<InboxAnswer> TryJournal(const Settings& settings,
                               const std::vector<journal::ImportedTap>& taps) {
  const std::string directory = settings.JournalDirectory();
  const auto files = journal::ListJournalFiles(PosixDisk(), directory);
  if (!files || files->empty()) return InboxAnswer{taps.size(), 0, {}};
  TAMTAP_TRY(ImportedTaps imported, ImportedTaps::Read(PosixDisk(), SystemClock(), directory));
  InboxAnswer answer;
  for (const journal::ImportedTap& tap : taps) {
    ++(imported.Add(tap.record) ? answer.done : answer.skipped);
  }
  return answer;
}

namespace {

// Where servers share a database, the accounts of here are those of there.
Result<> CopySharedAccounts(const Settings& settings, IdentityStore& trial) {
  TAMTAP_TRY(const bool there, HasIdentityStore(settings));
  if (!there) return {};
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  if (!identity->Shared().HasOthers()) return {};
  TAMTAP_TRY(const auto accounts, identity->Accounts());
  for (const Account& account : accounts) {
    TAMTAP_TRY(const auto known, trial.FindAccount(account.username));
    if (known) continue;
    if (account.password_hash.starts_with("$2")) {
      TAMTAP_TRY(const FormerOutcome taken, trial.Former().Take(account));
      static_cast<void>(taken);
    } else {
      TAMTAP_RETURN_IF_ERROR(trial.AddAccount(account));
    }
  }
  return {};
}

}  // namespace

Result<StaffTaken> TryStaff(const Settings& settings,
                            const std::vector<journal::LegacyAccount>& accounts) {
  TAMTAP_TRY(const TrialDirectory directory, TrialDirectory::Make());
  for (const char* const name : {"server.db", "server.db-wal"}) {
    const std::string from = JoinPath(settings.data, name);
    std::error_code failed;
    if (!fs::exists(from, failed)) continue;
    fs::copy_file(from, JoinPath(directory.path(), name), failed);
    if (failed) return ErrnoError(failed.value(), fmt::format("copy {}", from));
  }
  Settings trial = settings;
  trial.data = directory.path();
  trial.central = "sqlite:" + JoinPath(trial.data, "central.db");
  TAMTAP_TRY(const auto identity, OpenIdentityStore(trial));
  TAMTAP_RETURN_IF_ERROR(CopySharedAccounts(settings, *identity));
  return TakeInStaff(*identity, accounts);
}

}  // namespace tamtap::cli
