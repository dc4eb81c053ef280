// Retention and the data of one person (server/personal_data.h) in the central SQLite file. One
// thread at a time: the owner locks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "central/sqlite_database.h"
#include "server/personal_data.h"
#include "sync/central_store.h"

namespace tamtap::central {

// `purged` has one row at most; a name in `erased` is a person's key or a card of theirs.
inline constexpr const char* kPersonalSchema =
    "CREATE TABLE purged("
    "  only_one INTEGER PRIMARY KEY NOT NULL CHECK(only_one = 1), first_kept_day TEXT NOT NULL);"
    "CREATE TABLE erased(name TEXT PRIMARY KEY NOT NULL, at_us INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX voided_taps_by_attendance ON voided_taps(attendance);";

class SqlitePersonal {
 public:
  explicit SqlitePersonal(SqliteDatabase& database) : database_(database) {}

  // The first day that was not purged; "" if none was.
  Result<std::string> FirstKeptDay();
  // What of that record is settled already (settled.h).
  Result<std::optional<Outcome>> OutcomeOf(const Record& record, std::string_view first_kept_day);
  // Whether the refusal is of somebody who was erased after it.
  Result<bool> IsErased(const RefusalRecord& refusal);

  Result<size_t> PurgeAttendance(std::string_view first_kept_day, size_t most);
  Result<size_t> PurgeRefusals(std::string_view first_kept_day, size_t most);
  Result<std::vector<KnownPerson>> FindPeople(std::string_view named);
  Result<PersonRecords> RecordsOf(const PersonNames& names);
  // `refusals` are those of RecordsOf(): to find them takes a walk through all of them.
  Result<ErasedRecords> Erase(const PersonNames& names, const std::vector<RefusalRecord>& refusals,
                              std::string_view by, WallTime now);
  Result<bool> WasErased(std::string_view person);

 private:
  Result<std::optional<int64_t>> ErasedAt(std::string_view name);
  Result<bool> IsPresent(std::string_view person);
  Result<> AddVoidedRecords(const PersonNames& names, PersonRecords& found);
  Result<> EraseFact(const PersonNames& names, std::string_view by, WallTime now);
  Result<> EraseWords(const std::string& name);

  SqliteDatabase& database_;
};

}  // namespace tamtap::central
