#include "central/sqlite_attendance.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "base/unreadable.h"
#include "central/content.h"
#include "central/sqlite_personal.h"
#include "central/sqlite_sections.h"
#include "tap/school_settings.h"

namespace tamtap::central {
namespace {

// Of a row of Find().
std::string NameOf(const SqliteQuery& row) {
  std::string name = "tap ";
  AppendJsonString(row.View(1), name);
  name += " of attendance ";
  AppendJsonString(row.View(0), name);
  return name + " of the central database";
}

Outcome Rejected(std::string reason) { return {OutcomeKind::kRejected, std::move(reason)}; }

}  // namespace

// One transaction, so that a backlog costs one flush; a savepoint a record, so that what one record
// breaks is undone alone. An error that is no record's fault undoes all of it, and says so.
Result<std::vector<std::vector<Outcome>>> SqliteAttendance::Store(Group group) {
  std::vector<std::vector<Outcome>> outcomes;
  outcomes.reserve(group.size());
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  TAMTAP_TRY(const std::string first_kept_day, SqlitePersonal(database_).FirstKeptDay());
  for (const std::span<const Record> records : group) {
    TAMTAP_TRY(auto of_one, StoreEach(records, first_kept_day));
    outcomes.push_back(std::move(of_one));
  }
  TAMTAP_RETURN_IF_ERROR(transaction->Commit());
  return outcomes;
}

Result<std::vector<Outcome>> SqliteAttendance::StoreEach(std::span<const Record> records,
                                                         const std::string& first_kept_day) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(records.size());
  SqlitePersonal personal(database_);
  for (const Record& record : records) {
    if (std::string why = WhyUnstorable(record); !why.empty()) {
      outcomes.push_back(Rejected(std::move(why)));
      continue;
    }
    TAMTAP_TRY(auto settled, personal.OutcomeOf(record, first_kept_day));
    if (settled) {
      outcomes.push_back(*std::move(settled));
      continue;
    }
    TAMTAP_TRY(Outcome outcome, StoreOne(record));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Result<Outcome> SqliteAttendance::StoreOne(const Record& record) {
  TAMTAP_RETURN_IF_ERROR(database_.Query("SAVEPOINT record").Done());
  auto merged = Merge(record);
  if (merged) {
    TAMTAP_RETURN_IF_ERROR(database_.Query("RELEASE record").Done());
    return merged;
  }
  if (merged.error().code != ErrorCode::kRejected) return merged;
  TAMTAP_RETURN_IF_ERROR(database_.Query("ROLLBACK TO record").Done());
  TAMTAP_RETURN_IF_ERROR(database_.Query("RELEASE record").Done());
  return Rejected(merged.error().Message());
}

Result<Outcome> SqliteAttendance::Merge(const Record& record) {
  const std::string tap = record.tap.ToString();
  const std::string id = record.AttendanceId();
  {
    SqliteQuery known = database_.Query("SELECT record FROM attendance_taps WHERE tap = ?");
    TAMTAP_TRY(const bool found, known.Bind(tap).Step());
    if (found) {
      if (SameContent(known.View(0), record)) return Outcome{OutcomeKind::kAlreadyStored, {}};
      return Rejected(std::string(kTwoContents));
    }
  }

  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("INSERT INTO attendance(id, day, person, section, tapped_at_us, tap)"
                 " VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING")
          .Bind(id)
          .Bind(record.day)
          .Bind(record.person)
          .Bind(record.section)
          .Bind(record.tapped_at_us)
          .Bind(tap)
          .Done());
  const bool first = database_.Changes() == 1;
  if (!first) {  // the arrival is the earliest tap, by ArrivedBefore
    TAMTAP_RETURN_IF_ERROR(
        database_
            .Query("UPDATE attendance SET section = ?1, tapped_at_us = ?2, tap = ?3 WHERE id = ?4"
                   " AND (?2 < tapped_at_us OR (?2 = tapped_at_us AND ?3 < tap))")
            .Bind(record.section)
            .Bind(record.tapped_at_us)
            .Bind(tap)
            .Bind(id)
            .Done());
  }
  std::string text;
  AppendJson(record, text);
  TAMTAP_TRY(const int64_t number, NextNumber());
  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("INSERT INTO attendance_taps(tap, attendance, terminal, tapped_at, tapped_at_us,"
                 " record, number) VALUES(?, ?, ?, ?, ?, ?, ?)")
          .Bind(tap)
          .Bind(id)
          .Bind(record.tap.terminal)
          .Bind(record.tapped_at)
          .Bind(record.tapped_at_us)
          .Bind(text)
          .Bind(number)
          .Done());
  return Outcome{first ? OutcomeKind::kStored : OutcomeKind::kMerged, {}};
}

Result<std::vector<size_t>> SqliteAttendance::Lacking(std::span<const Record> records) {
  std::vector<size_t> lacking;
  // One state of the file for all of them, and one lock.
  TAMTAP_TRY(auto transaction, SqliteTransaction::BeginReading(database_));
  SqlitePersonal personal(database_);
  TAMTAP_TRY(const std::string first_kept_day, personal.FirstKeptDay());
  for (size_t i = 0; i < records.size(); ++i) {
    const std::string tap = records[i].tap.ToString();
    SqliteQuery known = database_.Query("SELECT 1 FROM attendance_taps WHERE tap = ?");
    TAMTAP_TRY(const bool found, known.Bind(tap).Step());
    if (found) continue;
    // What was forgotten on purpose does not show that the store went back.
    TAMTAP_TRY(const auto settled, personal.OutcomeOf(records[i], first_kept_day));
    if (!settled) lacking.push_back(i);
  }
  return lacking;
}

Result<DepartureRule> SqliteAttendance::Rule() {
  SqliteQuery rows = database_.Query(
      "SELECT key, words ->> '$.value[0]' FROM facts WHERE kind = 'setting' AND present = 1"
      " AND json_valid(words) AND key LIKE 'departures%'");
  SettingsByKey settings;
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return ReadSettings(settings).departures;
    settings.insert_or_assign(rows.Text(0), rows.Text(1));
  }
}

Result<Record> SqliteAttendance::RecordOf(std::string_view text) {
  boost::system::error_code failed;
  const auto value = boost::json::parse(text, failed);
  if (failed) return Error{ErrorCode::kCorrupt, failed.message(), 0, {}};
  return RecordFromJson(value);
}

Result<std::vector<Attendance>> SqliteAttendance::Find(const AttendanceQuery& query) {
  const std::string sections = SectionsForQuery(query.sections);
  // An attendance's taps come in the order of arrival, so the first is the arrival.
  SqliteQuery rows = database_.Query(
      "SELECT a.id, t.tap, t.terminal, t.tapped_at, t.record, t.tapped_at_us FROM attendance a"
      " JOIN attendance_taps t ON t.attendance = a.id"
      " WHERE a.day BETWEEN ?1 AND ?2 AND (?3 = '' OR a.person = ?3)"
      " AND (?4 = '' OR a.section IN (SELECT value FROM json_each(?4)))"
      " ORDER BY a.day, a.tapped_at_us, a.tap, t.tapped_at_us, t.tap");
  rows.Bind(query.first_day).Bind(query.last_day).Bind(query.person).Bind(sections);
  TAMTAP_TRY(const DepartureRule rule, Rule());
  std::vector<Attendance> found;
  std::string current;
  bool arrived = false;  // the first of the current attendance's taps that can be read
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) break;
    if (rows.View(0) != current) {
      current = rows.Text(0);
      arrived = false;
    }
    if (!arrived) {
      auto record = RecordOf(rows.View(4));
      if (!record) {
        NoteUnreadable(NameOf(rows), record.error());
        continue;
      }
      arrived = true;
      found.push_back({*std::move(record), {}});
    }
    found.back().taps.push_back({rows.Text(1), rows.Text(2), rows.Text(3), rows.Number(5)});
  }
  for (Attendance& each : found) DeriveDeparture(rule, each);
  return found;
}

}  // namespace tamtap::central
