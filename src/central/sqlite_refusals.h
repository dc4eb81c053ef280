// SqliteRefusals: cards that were turned away, in a table of their own. Not thread-safe.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "central/sqlite_database.h"
#include "server/school_store.h"
#include "tap/refusal_record.h"

namespace tamtap::central {

// The columns repeat what of a refusal is asked for by queries.
inline constexpr const char* kRefusalsSchema =
    "CREATE TABLE refusals("
    "  refusal TEXT PRIMARY KEY NOT NULL, day TEXT NOT NULL, refused_at_us INTEGER NOT NULL,"
    "  section TEXT NOT NULL, terminal TEXT NOT NULL, reason TEXT NOT NULL, record TEXT NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE INDEX refusals_by_day ON refusals(day, refused_at_us);";

class SqliteRefusals {
 public:
  explicit SqliteRefusals(SqliteDatabase& database) : database_(database) {}

  // As CentralStore::KeepRefusals and SchoolStore::FindRefusals.
  Result<> Keep(std::span<const RefusalRecord> refusals);
  Result<std::vector<RefusalRecord>> Find(const RefusalQuery& query);

 private:
  SqliteDatabase& database_;
};

}  // namespace tamtap::central
