#include "central/sqlite_database.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <vector>

#include "base/descriptor.h"
#include "base/log.h"
#include "base/ownership.h"

namespace tamtap::central {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kCopyBytes = 64 << 10;

// SQLite would create it readable by all, and root's. Its -wal and -shm files take mode and owner
// from it.
Result<> CreatePrivate(const std::string& path) {
  const Descriptor created(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (created) {
    GiveToDirectoryOwner(created.get(), path);
    return {};
  }
  if (errno != EEXIST) return ErrnoError(errno, "open the database " + path);
  // A file that is there is not opened here: closing it again would take from this process every
  // lock that another connection of it holds (fcntl(2), "Record locks"). Another process would then
  // take itself for the only one, and remove the log that this one goes on writing to.
  struct stat file {};
  if (stat(path.c_str(), &file) == 0) return {};
  // A link may lead on.
  const Descriptor there(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!there) return ErrnoError(errno, "open the database " + path);
  return {};
}

// SQLite takes room for 20 pages whenever a database is opened, and touches all of it. It gets
// pages one by one instead, as it needs them. Done before SQLite is first used; who links it and
// was first, has its way.
void TakePagesAsNeeded() {
  static const int once = sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
  static_cast<void>(once);
}

}  // namespace

SqliteQuery::~SqliteQuery() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);  // its result is the last step's, reported there
  sqlite3_clear_bindings(statement_);
}

SqliteQuery& SqliteQuery::Bind(std::string_view text) {
  if (error_ == SQLITE_OK) {
    // A null pointer would bind NULL.
    error_ = sqlite3_bind_text64(statement_, next_parameter_++, text.empty() ? "" : text.data(),
                                 text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return *this;
}

SqliteQuery& SqliteQuery::Bind(int64_t number) {
  if (error_ == SQLITE_OK) error_ = sqlite3_bind_int64(statement_, next_parameter_++, number);
  return *this;
}

Result<bool> SqliteQuery::Step() {
  if (error_ != SQLITE_OK) return database_.MakeError(error_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  error_ = code;
  return database_.MakeError(code);
}

Result<> SqliteQuery::Done() {
  while (true) {
    TAMTAP_TRY(const bool row, Step());
    if (!row) return {};
  }
}

std::string_view SqliteQuery::View(int column) const {
  // In this order: asking for the text first settles which bytes are counted.
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const int bytes = sqlite3_column_bytes(statement_, column);
  return text == nullptr ? std::string_view() : std::string_view(text, static_cast<size_t>(bytes));
}

std::string SqliteQuery::Text(int column) const { return std::string(View(column)); }

int64_t SqliteQuery::Number(int column) const { return sqlite3_column_int64(statement_, column); }

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Connect(const std::string& path) {
  sqlite3* connection = nullptr;
  TakePagesAsNeeded();
  const int code = sqlite3_open_v2(path.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path, connection));
  if (code != SQLITE_OK) return database->MakeError(code);
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kBusyTimeoutMs);
  return database;
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path,
                                                             const SqliteSchema& schema,
                                                             Flush flush) {
  TAMTAP_RETURN_IF_ERROR(CreatePrivate(path));
  TAMTAP_TRY(auto database, Connect(path));
  TAMTAP_RETURN_IF_ERROR(database->Prepare(schema));
  if (flush == Flush::kAtCheckpoints) {
    TAMTAP_RETURN_IF_ERROR(database->Execute("PRAGMA synchronous=NORMAL"));
  }
  return database;
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::OpenToRead(const std::string& path) {
  TAMTAP_TRY(auto database, Connect(path));
  TAMTAP_RETURN_IF_ERROR(database->Execute("PRAGMA query_only=ON"));
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

Result<int64_t> SqliteDatabase::Pragma(const char* sql) {
  SqliteQuery query = Query(sql);
  TAMTAP_TRY(const bool row, query.Step());
  return row ? query.Number(0) : 0;
}

Result<> SqliteDatabase::Prepare(const SqliteSchema& schema) {
  const auto not_ours = [this](std::string hint) {
    return Error{ErrorCode::kMisconfigured, "open the database " + path_, 0, std::move(hint)};
  };
  // Who it belongs to comes first: nothing is changed in a file that is not ours. Read at one
  // moment, or a file that another process is just making would look like a stranger's.
  const auto newest = static_cast<int64_t>(schema.steps.size());
  int64_t found = 0;
  {
    TAMTAP_TRY(auto moment, SqliteTransaction::BeginReading(*this));
    TAMTAP_TRY(const int64_t id, Pragma("PRAGMA application_id"));
    TAMTAP_TRY(const int64_t tables, Pragma("SELECT count(*) FROM sqlite_schema"));
    if (id != schema.application_id && (id != 0 || tables != 0)) {
      return not_ours("it is another program's database; name another file");
    }
    TAMTAP_TRY(found, Pragma("PRAGMA user_version"));
    if (found > newest) return not_ours("a newer TamTap made it; install that version");
  }

  // SQLite does not wait by itself while another process is switching to WAL.
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
  while (true) {
    const auto switched = Execute("PRAGMA journal_mode=WAL");
    if (switched) break;
    if (switched.error().code != ErrorCode::kRetry || std::chrono::steady_clock::now() > deadline) {
      return switched.error();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  TAMTAP_RETURN_IF_ERROR(Execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"));
  TAMTAP_RETURN_IF_ERROR(WriteLogAgain());
  if (found == newest) return {};

  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*this));
  TAMTAP_TRY(int64_t version,
             Pragma("PRAGMA user_version"));  // another process may have been first
  for (; version < newest; ++version) {
    TAMTAP_RETURN_IF_ERROR(Execute(schema.steps[static_cast<size_t>(version)]));
  }
  const std::string marks = fmt::format("PRAGMA application_id={}; PRAGMA user_version={}",
                                        schema.application_id, version);
  TAMTAP_RETURN_IF_ERROR(Execute(marks.c_str()));
  return transaction->Commit();
}

// A process that died before its flush, or whose flush failed, may have left commits in the
// kernel's cache only, where they look stored. After a failed flush their pages are clean: no later
// flush brings them to the disk, and what is appended behind such a hole goes with them in a power
// cut. Moving them into the main file would not do: the log without them could then come back over
// it.
Result<> SqliteDatabase::WriteLogAgain() {
  TAMTAP_TRY(const auto nobody_appends, SqliteTransaction::Begin(*this));
  sqlite3_file* log = nullptr;
  const int found = sqlite3_file_control(connection_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (found != SQLITE_OK) return MakeError(found);
  if (log == nullptr || log->pMethods == nullptr) return {};  // a database in memory has none
  sqlite3_int64 size = 0;
  int code = log->pMethods->xFileSize(log, &size);
  std::vector<char> bytes(kCopyBytes);
  for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += kCopyBytes) {
    const int count = static_cast<int>(std::min<sqlite3_int64>(kCopyBytes, size - at));
    code = log->pMethods->xRead(log, bytes.data(), count, at);
    if (code == SQLITE_OK) code = log->pMethods->xWrite(log, bytes.data(), count, at);
  }
  if (code == SQLITE_OK) code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
  if (code == SQLITE_OK) return {};
  int reason = 0;
  log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &reason);
  return ErrnoError(reason, "flush the log of the database " + path_);
}

SqliteQuery SqliteDatabase::Query(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    return {*this, found->second, SQLITE_OK};
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) statements_.emplace(sql, statement);
  return {*this, statement, code};
}

Result<> SqliteDatabase::Execute(const char* script) {
  const int code = sqlite3_exec(connection_, script, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return MakeError(code);
  return {};
}

int64_t SqliteDatabase::AllChanges() const { return sqlite3_total_changes64(connection_); }

int64_t SqliteDatabase::Changes() const { return sqlite3_changes64(connection_); }

Error SqliteDatabase::MakeError(int code) const {
  const int system_errno = connection_ == nullptr ? 0 : sqlite3_system_errno(connection_);
  const char* const detail =
      connection_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection_);
  Error error{ErrorCode::kRetry, fmt::format("use the database {}: {}", path_, detail), 0, {}};
  switch (code & 0xFF) {
    case SQLITE_FULL:
      error.code = ErrorCode::kFull;
      error.hint = "free space on its disk";
      break;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      error.code = ErrorCode::kRejected;
      break;
    case SQLITE_CORRUPT:
      error.code = ErrorCode::kCorrupt;
      error.hint = "stop TamTap and restore the file from a backup";
      break;
    case SQLITE_NOTADB:
      error.code = ErrorCode::kMisconfigured;
      error.hint = "it is no database; name another file";
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      error.code = ErrorCode::kMisconfigured;
      error.errno_value = system_errno;
      error.hint = "the file and its directory must be writable";
      break;
    case SQLITE_IOERR:
      error.errno_value = system_errno;
      if (system_errno == ENOSPC || system_errno == EDQUOT) {
        error.code = ErrorCode::kFull;
        error.hint = "free space on its disk";
      }
      break;
    default:
      break;
  }
  return error;
}

Result<std::unique_ptr<SqliteTransaction>> SqliteTransaction::Begin(SqliteDatabase& database) {
  TAMTAP_RETURN_IF_ERROR(database.Query("BEGIN IMMEDIATE").Done());
  return std::unique_ptr<SqliteTransaction>(new SqliteTransaction(database));
}

Result<std::unique_ptr<SqliteTransaction>> SqliteTransaction::BeginReading(
    SqliteDatabase& database) {
  TAMTAP_RETURN_IF_ERROR(database.Query("BEGIN").Done());
  return std::unique_ptr<SqliteTransaction>(new SqliteTransaction(database));
}

SqliteTransaction::~SqliteTransaction() {
  if (!open_) return;
  // A full disk may have rolled back already; then there is nothing left to do.
  if (const auto undone = database_.Query("ROLLBACK").Done(); !undone) {
    LogDebug("rolled back already: {}", undone.error().Message());
  }
}

Result<> SqliteTransaction::Commit() {
  TAMTAP_RETURN_IF_ERROR(database_.Query("COMMIT").Done());
  open_ = false;
  return {};
}

}  // namespace tamtap::central
