// SqliteDatabase: one connection to one SQLite file, with its statements prepared once. It uses WAL
// and, unless it is asked otherwise, synchronous=FULL: what was committed survives a power cut.
// Several processes may share the file. A call that finds it busy waits up to five seconds, and
// then returns kRetry.
//
// Only one thread at a time may use it; its owner holds a lock for that.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tamtap::central {

struct SqliteSchema {
  int application_id;  // tells our files from other people's
  // steps[n] brings user_version from n to n + 1; each is a script. A step that has been released
  // never changes.
  std::span<const char* const> steps;
};

class SqliteDatabase;

enum class Flush {
  kEachCommit,
  kAtCheckpoints,  // a power cut may take commits back, the newest first; none is ever half there
};

// One run of a prepared statement; ready for the next run when destroyed. Parameters bind in
// order. Errors of preparing and binding come out of Step() and Done().
class SqliteQuery {
 public:
  ~SqliteQuery();
  SqliteQuery(const SqliteQuery&) = delete;
  SqliteQuery& operator=(const SqliteQuery&) = delete;

  // Text must outlive the query.
  SqliteQuery& Bind(std::string_view text);
  SqliteQuery& Bind(int64_t number);

  Result<bool> Step();  // whether there is a row
  Result<> Done();      // runs to the end, passing over rows

  // Of the current row.
  std::string Text(int column) const;
  std::string_view View(int column) const;  // until the next step
  int64_t Number(int column) const;

 private:
  friend class SqliteDatabase;
  SqliteQuery(SqliteDatabase& database, sqlite3_stmt* statement, int error)
      : database_(database), statement_(statement), error_(error) {}

  SqliteDatabase& database_;
  sqlite3_stmt* statement_;
  int error_;
  int next_parameter_ = 1;
};

class SqliteDatabase {
 public:
  // Creates the file (mode 0600) and the schema if missing. kMisconfigured: not a database of this
  // application, made by a newer version, or not to be opened.
  static Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path,
                                                      const SqliteSchema& schema,
                                                      Flush flush = Flush::kEachCommit);
  // A further connection to a file that this process has open by Open. It can't write.
  static Result<std::unique_ptr<SqliteDatabase>> OpenToRead(const std::string& path);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // `sql` must live as long as the database: a literal.
  SqliteQuery Query(std::string_view sql);
  Result<> Execute(const char* script);
  // A number that differs when another connection has committed since the last call.
  Result<int64_t> DataVersion() { return Pragma("PRAGMA data_version"); }
  int64_t AllChanges() const;  // rows that this connection changed since it was opened
  int64_t Changes() const;     // rows that the last insert, update or delete touched

  // What an SQLite result code means for the caller; a broken constraint is kRejected.
  Error MakeError(int code) const;

 private:
  SqliteDatabase(std::string path, sqlite3* connection)
      : path_(std::move(path)), connection_(connection) {}
  static Result<std::unique_ptr<SqliteDatabase>> Connect(const std::string& path);
  Result<> Prepare(const SqliteSchema& schema);
  Result<> WriteLogAgain();
  Result<int64_t> Pragma(const char* sql);

  const std::string path_;
  sqlite3* const connection_;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

// Rolled back unless committed.
class SqliteTransaction {
 public:
  // To write. The lock is taken at once, so that two writers queue instead of failing half-way.
  static Result<std::unique_ptr<SqliteTransaction>> Begin(SqliteDatabase& database);
  // To read: one state of the file, while others write.
  static Result<std::unique_ptr<SqliteTransaction>> BeginReading(SqliteDatabase& database);
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  Result<> Commit();  // returns when the commit is flushed; an error means rolled back

 private:
  explicit SqliteTransaction(SqliteDatabase& database) : database_(database) {}
  SqliteDatabase& database_;
  bool open_ = true;
};

}  // namespace tamtap::central
