#include "central/sqlite_news.h"

#include "base/unreadable.h"
#include "central/sqlite_attendance.h"

namespace tamtap::central {

Result<int64_t> SqliteAttendance::NextNumber() {
  SqliteQuery next = database_.Query("UPDATE news SET last = last + 1 RETURNING last");
  TAMTAP_TRY(const bool found, next.Step());
  if (!found) {
    return Error{ErrorCode::kCorrupt, "number a tap", 0,
                 "the table news is empty; restore the file from a backup"};
  }
  const int64_t number = next.Number(0);
  TAMTAP_RETURN_IF_ERROR(next.Done());
  return number;
}

// In one state of the file: what is numbered up to `last` and not among the items is gone for good.
Result<News> SqliteAttendance::NewsSince(int64_t number, size_t most) {
  TAMTAP_TRY(auto transaction, SqliteTransaction::BeginReading(database_));
  News news;
  {
    SqliteQuery last =
        database_.Query("SELECT news.last, store_identity.epoch FROM news, store_identity");
    TAMTAP_TRY(const bool found, last.Step());
    if (!found) return news;
    news.last = last.Number(0);
    news.epoch = last.Text(1);
  }
  if (number >= news.last || most == 0) return news;
  SqliteQuery rows = database_.Query(
      "SELECT t.number, t.tap, t.record,"
      " NOT EXISTS(SELECT 1 FROM attendance_taps o WHERE o.attendance = t.attendance"
      "   AND o.number < t.number AND (o.tapped_at_us < t.tapped_at_us"
      "     OR (o.tapped_at_us = t.tapped_at_us AND o.tap < t.tap))),"
      " (SELECT min(o.tapped_at_us) FROM attendance_taps o WHERE o.attendance = t.attendance"
      "   AND o.number <= t.number),"
      " (SELECT max(o.tapped_at_us) FROM attendance_taps o WHERE o.attendance = t.attendance"
      "   AND o.number < t.number AND o.terminal <> 'staff')"
      " FROM attendance_taps t WHERE t.number > 0 AND t.number > ? ORDER BY t.number LIMIT ?");
  rows.Bind(number).Bind(static_cast<int64_t>(most));
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return news;
    auto record = RecordOf(rows.View(2));
    if (!record) {
      NoteUnreadable("tap " + rows.Text(1) + " of the central database", record.error());
      continue;
    }
    news.items.push_back({.number = rows.Number(0),
                          .record = *std::move(record),
                          .arrival = rows.Number(3) != 0,
                          .arrived_us = rows.Number(4),
                          .left_before_us = rows.Number(5)});
  }
}

}  // namespace tamtap::central
