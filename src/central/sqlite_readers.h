// SqliteReaders: separate connections for reading, so that no writer waits for a question. In WAL
// mode a reader sees the last commit, holds up no writer, and is held up by none. There are a few
// connections, which are opened when they are needed; further questions wait for one to be free.
// Thread-safe.
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
