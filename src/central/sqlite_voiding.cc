// Taps that are taken out of the attendance.
#include "central/sqlite_attendance.h"

namespace tamtap::central {

// One transaction: a crash leaves either all of them or none taken out.
Result<size_t> SqliteAttendance::Void(std::span<const TapsOfDay> taps, const Voiding& voiding) {
  size_t taken = 0;
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  for (const TapsOfDay& each : taps) {
    TAMTAP_TRY(const size_t some, VoidOfDay(each, voiding));
    taken += some;
  }
  TAMTAP_RETURN_IF_ERROR(transaction->Commit());
  return taken;
}

Result<size_t> SqliteAttendance::VoidOfDay(const TapsOfDay& taps, const Voiding& voiding) {
  const std::string id = taps.day + "/" + taps.person;
  size_t taken = 0;
  for (const std::string& tap : taps.taps) {
    TAMTAP_RETURN_IF_ERROR(
        database_
            .Query("INSERT OR IGNORE INTO voided_taps(tap, attendance, terminal, tapped_at,"
                   " tapped_at_us, record, voided_by, voided_at_us)"
                   " SELECT tap, attendance, terminal, tapped_at, tapped_at_us, record, ?, ?"
                   " FROM attendance_taps WHERE tap = ? AND attendance = ?")
            .Bind(voiding.by)
            .Bind(voiding.at.time_since_epoch().count())
            .Bind(tap)
            .Bind(id)
            .Done());
    TAMTAP_RETURN_IF_ERROR(
        database_.Query("DELETE FROM attendance_taps WHERE tap = ? AND attendance = ?")
            .Bind(tap)
            .Bind(id)
            .Done());
    taken += static_cast<size_t>(database_.Changes());
  }
  if (taken == 0) return taken;
  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("DELETE FROM attendance WHERE id = ?1"
                 " AND NOT EXISTS(SELECT 1 FROM attendance_taps WHERE attendance = ?1)")
          .Bind(id)
          .Done());
  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("UPDATE attendance SET (section, tapped_at_us, tap) ="
                 " (SELECT record ->> '$.section', tapped_at_us, tap FROM attendance_taps"
                 "  WHERE attendance = ?1 ORDER BY tapped_at_us, tap LIMIT 1) WHERE id = ?1")
          .Bind(id)
          .Done());
  return taken;
}

}  // namespace tamtap::central
