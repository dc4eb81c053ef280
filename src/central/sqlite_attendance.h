// Taps and attendances in the central SQLite file. Only one thread at a time may use it; its owner
// holds a lock for that.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "central/sqlite_database.h"
#include "server/school_store.h"
#include "tap/departure.h"

namespace tamtap::central {

class SqliteAttendance {
 public:
  explicit SqliteAttendance(SqliteDatabase& database) : database_(database) {}

  using Group = std::span<const std::span<const Record>>;
  // Stores what several callers bring in one transaction. Returns the outcomes of each.
  Result<std::vector<std::vector<Outcome>>> Store(Group group);
  Result<News> NewsSince(int64_t number, size_t most);
  Result<std::vector<size_t>> Lacking(std::span<const Record> records);
  // A tap whose record can't be read is left out (NoteUnreadable); the next one that can be read is
  // then the arrival.
  Result<std::vector<Attendance>> Find(const AttendanceQuery& query);
  // Of what is kept of a tap. Fails if it can't be read.
  static Result<Record> RecordOf(std::string_view text);
  Result<size_t> Void(std::span<const TapsOfDay> taps, const Voiding& voiding);

 private:
  Result<std::vector<Outcome>> StoreEach(std::span<const Record> records,
                                         const std::string& first_kept_day);
  Result<int64_t> NextNumber();
  Result<Outcome> StoreOne(const Record& record);
  Result<Outcome> Merge(const Record& record);
  Result<DepartureRule> Rule();
  Result<size_t> VoidOfDay(const TapsOfDay& taps, const Voiding& voiding);

  SqliteDatabase& database_;
};

}  // namespace tamtap::central
