// SqliteReaders: connections of their own for questions, so that nobody who writes waits for one.
// In WAL mode readers see the last commit, hold up no writer and are held up by none; what is
// committed is seen here at once. A few, opened when they are needed: more questions than that wait
// for each other. Thread-safe.
//
// All of them are SQLite's own connections: it shares the file's locks among those of one process,
// and closing one takes no lock from another (see CreatePrivate in sqlite_database.cc).
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "central/sqlite_database.h"

namespace tamtap::central {

class SqliteReaders {
 public:
  // Of a database that is open, with its schema, as long as this lives.
  explicit SqliteReaders(std::string path) : path_(std::move(path)) {}

  // `work` takes a SqliteDatabase& and returns a Result; it must leave nothing of it behind.
  template <typename Work>
  auto Read(Work work) -> decltype(work(std::declval<SqliteDatabase&>())) {
    auto taken = Take();
    if (!taken) return taken.error();
    auto result = work(**taken);
    // One that has failed is not used again.
    Return(result ? *std::move(taken) : nullptr);
    return result;
  }

 private:
  Result<std::unique_ptr<SqliteDatabase>> Take() EXCLUDES(mutex_);
  void Return(std::unique_ptr<SqliteDatabase> reader) EXCLUDES(mutex_);

  const std::string path_;
  Mutex mutex_;
  CondVar returned_;
  std::vector<std::unique_ptr<SqliteDatabase>> idle_ GUARDED_BY(mutex_);
  int taken_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tamtap::central
