#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>

#include <memory>

#include "base/disk.h"
#include "central/sqlite_database.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

struct CloseConnection {
  void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;

Error CopyFailure(const std::string& what, sqlite3* connection, int code) {
  const bool full = (code & 0xff) == SQLITE_FULL;
  const bool passing = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
  return Error{full      ? ErrorCode::kFull
               : passing ? ErrorCode::kRetry
                         : ErrorCode::kMisconfigured,
               what, 0, connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection)};
}

Result<Connection> ConnectTo(const std::string& path, int flags) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(opened);
  if (code != SQLITE_OK) return CopyFailure("open the database " + path, opened, code);
  sqlite3_busy_timeout(opened, 5'000);
  return connection;
}

}  // namespace

Result<> CopySqlite(const std::string& from, const std::string& to) {
  const std::string what = fmt::format("copy the database {} to {}", from, to);
  TAMTAP_TRY(const Connection source, ConnectTo(from, SQLITE_OPEN_READWRITE));
  // Made with mode 0600, and its directory's owner's; SQLite alone would make it readable by all.
  TAMTAP_TRY(const auto made, PosixDisk().Open(to, OpenMode::kCreateReadWrite));
  TAMTAP_TRY(const Connection target, ConnectTo(to, SQLITE_OPEN_READWRITE));
  sqlite3_backup* const backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) {
    return CopyFailure(what, target.get(), sqlite3_errcode(target.get()));
  }
  // In one step, which is one moment of the source: its writers go on in their log meanwhile.
  sqlite3_backup_step(backup, -1);
  const int code = sqlite3_backup_finish(backup);
  if (code != SQLITE_OK) return CopyFailure(what, target.get(), code);
  // As one file, without a log beside it.
  const int whole =
      sqlite3_exec(target.get(), "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr);
  if (whole != SQLITE_OK) return CopyFailure(what, target.get(), whole);
  return {};
}

Result<> CheckSqlite(const std::string& path) {
  TAMTAP_TRY(const auto database, SqliteDatabase::OpenToRead(path));
  SqliteQuery query = database->Query("PRAGMA integrity_check(1)");
  TAMTAP_TRY(const bool row, query.Step());
  const std::string said = row ? query.Text(0) : "nothing was said";
  if (said == "ok") return {};
  return Error{ErrorCode::kCorrupt, "check the database " + path, 0, said};
}

}  // namespace tamtap::central
