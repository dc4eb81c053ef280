// Changes of a database that must be made on a full disk too: what ends a session, an account or a
// gate. First the log is begun anew, whose blocks need no new room; then a reserve is given back,
// step by step. One thread at a time.
#pragma once

#include <memory>
#include <string>

#include "base/disk_reserve.h"
#include "base/disk_room.h"
#include "base/log.h"
#include "central/sqlite_database.h"

namespace tamtap::central {

class SqliteFullDisk {
 public:
  // Of the database at that path; the reserve is a file beside it.
  explicit SqliteFullDisk(const std::string& path)
      : reserve_(path + ".reserve", kReserveBytes, kReserveStep) {}

  // Opens the database, which takes room for a log, on a full disk too.
  Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path,
                                               const SqliteSchema& schema) {
    auto database = SqliteDatabase::Open(path, schema);
    while (!database && database.error().code == ErrorCode::kFull && reserve_.Release()) {
      database = SqliteDatabase::Open(path, schema);
    }
    if (database) Refill();
    return database;
  }

  // Takes the reserve again, once there is enough.
  void Refill() { reserve_.Fill(kRecordReserve); }

  // Makes the change, if the log has room for it or can be begun anew.
  template <typename Change>
  Result<> IfLogHasRoom(SqliteDatabase& database, const Change& change) {
    Result<> done = change();
    if (!IsFull(done)) return done;
    const auto begun = database.Query("PRAGMA wal_checkpoint(RESTART)").Done();
    if (!begun) LogDebug("begin a log anew: {}", begun.error().Message());
    return change();
  }

  // Makes the change with the reserve.
  template <typename Change>
  Result<> Surely(SqliteDatabase& database, const Change& change) {
    Result<> done = IfLogHasRoom(database, change);
    while (IsFull(done) && reserve_.Release()) done = IfLogHasRoom(database, change);
    return done;
  }

 private:
  // A start on a full disk takes 96 KiB, for the log and its index; a change, 16 KiB at most.
  static constexpr uint64_t kReserveBytes = 1 << 20;
  static constexpr uint64_t kReserveStep = 64 << 10;

  static bool IsFull(const Result<>& done) {
    return !done && done.error().code == ErrorCode::kFull;
  }

  DiskReserve reserve_;
};

}  // namespace tamtap::central
