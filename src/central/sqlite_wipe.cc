#include "central/sqlite_wipe.h"

#include "base/log.h"
#include "central/sqlite_identity_schema.h"

namespace tamtap::central {

Result<std::unique_ptr<SqliteWipe>> SqliteWipe::Open(const std::string& path) {
  TAMTAP_TRY(auto database, SqliteDatabase::Open(path, kIdentitySchema));
  // Whoever waits for readers to go holds up all writers, sign-ins among them.
  TAMTAP_RETURN_IF_ERROR(database->Execute("PRAGMA busy_timeout=50"));
  return std::unique_ptr<SqliteWipe>(new SqliteWipe(std::move(database)));
}

void SqliteWipe::TryNow() {
  MutexLock lock(mutex_);
  if (const auto done = Wipe(); !done) {
    LogWarning("server: {}; it is tried again until the hash of a former password is wiped",
               done.error().Message());
  }
}

Result<> SqliteWipe::Wipe() {
  TAMTAP_TRY(const int64_t due, Due());
  if (due == 0) return {};
  TAMTAP_TRY(const bool emptied, EmptyLog());
  if (!emptied) {
    LogDebug("the log of the server's database is being read; it is emptied later");
    return {};
  }
  // What came since `due` was read stays due.
  return database_->Query("UPDATE replaced_hashes SET wiped = max(wiped, ?)").Bind(due).Done();
}

// How many hashes have ever been replaced; 0 if all of these are wiped.
Result<int64_t> SqliteWipe::Due() {
  SqliteQuery query =
      database_->Query("SELECT replaced FROM replaced_hashes WHERE replaced > wiped");
  TAMTAP_TRY(const bool found, query.Step());
  return found ? query.Number(0) : 0;
}

// False if somebody was in the way, which is no error to SQLite: the first column says it.
Result<bool> SqliteWipe::EmptyLog() {
  SqliteQuery query = database_->Query("PRAGMA wal_checkpoint(TRUNCATE)");
  TAMTAP_TRY(const bool row, query.Step());
  return row && query.Number(0) == 0;
}

}  // namespace tamtap::central
