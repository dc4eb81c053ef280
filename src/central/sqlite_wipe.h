// SqliteWipe: takes hashes of passwords that were replaced or removed out of the log of the
// server's own file, where they stand until the log is emptied. The file itself is wiped of them as
// they go (secure_delete). The log can't be emptied while anybody reads what stands in it; that it
// is due is written in the file, so that any process may do it later. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "central/sqlite_database.h"

namespace tamtap::central {

class SqliteWipe {
 public:
  // With a connection of its own to a file that has the schema of identities already.
  static Result<std::unique_ptr<SqliteWipe>> Open(const std::string& path);

  // Empties the log if that is due. It keeps writers waiting for a moment at most; what can't be
  // done in it stays due.
  void TryNow() EXCLUDES(mutex_);

 private:
  explicit SqliteWipe(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}

  Result<> Wipe() REQUIRES(mutex_);
  Result<int64_t> Due() REQUIRES(mutex_);
  Result<bool> EmptyLog() REQUIRES(mutex_);

  Mutex mutex_;
  const std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace tamtap::central
