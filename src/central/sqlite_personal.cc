#include "central/sqlite_personal.h"

#include <boost/json.hpp>

#include "base/unreadable.h"
#include "central/erased_fact.h"
#include "central/settled.h"
#include "central/sqlite_messages.h"
#include "tap/card_spelling.h"
#include "tap/school_time.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr std::string_view kNamedNobody = "it named somebody who was erased";

std::string ListForQuery(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& text : texts) list.emplace_back(text);
  return json::serialize(list);
}

Result<Fact> ReadFact(std::string_view words) {
  boost::system::error_code failed;
  const json::value value = json::parse(words, failed);
  if (failed) return Error{ErrorCode::kCorrupt, failed.message(), 0, {}};
  return FactFromJson(value);
}

Error NoDay(std::string_view text) {
  return Error{ErrorCode::kRejected, "purge what is older than '" + std::string(text) + "'", 0,
               "a day reads YYYY-MM-DD"};
}

}  // namespace

Result<std::string> SqlitePersonal::FirstKeptDay() {
  SqliteQuery row = database_.Query("SELECT first_kept_day FROM purged");
  TAMTAP_TRY(const bool found, row.Step());
  return found ? row.Text(0) : std::string();
}

Result<std::optional<int64_t>> SqlitePersonal::ErasedAt(std::string_view name) {
  std::optional<int64_t> erased_at;
  {
    SqliteQuery row = database_.Query("SELECT at_us FROM erased WHERE name = ?");
    TAMTAP_TRY(const bool found, row.Bind(name).Step());
    if (!found) return erased_at;
    erased_at = row.Number(0);
  }
  SqliteQuery row = database_.Query("SELECT words FROM facts WHERE kind = 'person' AND key = ?");
  TAMTAP_TRY(const bool found, row.Bind(name).Step());
  const auto fact = found ? ReadFact(row.View(0)) : Result<Fact>(Fact());
  if (fact && IsOfAnother(*fact, *erased_at)) erased_at.reset();
  return erased_at;
}

Result<bool> SqlitePersonal::IsPresent(std::string_view person) {
  return database_.Query("SELECT 1 FROM facts WHERE kind = 'person' AND key = ? AND present = 1")
      .Bind(person)
      .Step();
}

Result<std::optional<Outcome>> SqlitePersonal::OutcomeOf(const Record& record,
                                                         std::string_view first_kept_day) {
  if (auto purged = OutcomeOfPurged(record, first_kept_day)) return purged;
  TAMTAP_TRY(const auto erased_at, ErasedAt(record.person));
  if (!erased_at) return std::optional<Outcome>();
  TAMTAP_TRY(const bool present, IsPresent(record.person));
  return OutcomeOfErased(record, *erased_at, present);
}

Result<bool> SqlitePersonal::IsErased(const RefusalRecord& refusal) {
  TAMTAP_TRY(const auto erased_at,
             ErasedAt(refusal.person.empty() ? refusal.card : refusal.person));
  return erased_at && refusal.refused_at_us <= *erased_at;
}

Result<bool> SqlitePersonal::WasErased(std::string_view person) {
  TAMTAP_TRY(const auto erased_at, ErasedAt(person));
  if (!erased_at) return false;
  TAMTAP_TRY(const bool present, IsPresent(person));
  return !present;
}

// The day is noted along with the first piece: from then on nothing older is taken.
Result<size_t> SqlitePersonal::PurgeAttendance(std::string_view first_kept_day, size_t most) {
  if (!IsDay(first_kept_day)) return NoDay(first_kept_day);
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("INSERT INTO purged(only_one, first_kept_day) VALUES(1, ?) ON CONFLICT DO UPDATE"
                 " SET first_kept_day = excluded.first_kept_day"
                 " WHERE excluded.first_kept_day > first_kept_day")
          .Bind(first_kept_day)
          .Done());
  TAMTAP_RETURN_IF_ERROR(database_
                             .Query("DELETE FROM attendance WHERE id IN (SELECT id FROM attendance"
                                    " WHERE day < ? ORDER BY day LIMIT ?)")
                             .Bind(first_kept_day)
                             .Bind(static_cast<int64_t>(most))
                             .Done());
  auto removed = static_cast<size_t>(database_.Changes());
  if (removed == 0) {
    TAMTAP_RETURN_IF_ERROR(
        database_
            .Query("DELETE FROM voided_taps WHERE tap IN (SELECT tap FROM voided_taps"
                   " WHERE attendance < ? ORDER BY attendance LIMIT ?)")
            .Bind(first_kept_day)
            .Bind(static_cast<int64_t>(most))
            .Done());
    removed = static_cast<size_t>(database_.Changes());
  }
  TAMTAP_RETURN_IF_ERROR(transaction->Commit());
  return removed;
}

Result<size_t> SqlitePersonal::PurgeRefusals(std::string_view first_kept_day, size_t most) {
  if (!IsDay(first_kept_day)) return NoDay(first_kept_day);
  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("DELETE FROM refusals WHERE refusal IN (SELECT refusal FROM refusals"
                 " WHERE day < ? ORDER BY day LIMIT ?)")
          .Bind(first_kept_day)
          .Bind(static_cast<int64_t>(most))
          .Done());
  return static_cast<size_t>(database_.Changes());
}

Result<std::vector<KnownPerson>> SqlitePersonal::FindPeople(std::string_view named) {
  const std::string key = PersonKeyOf(named);
  const CardId uid = ReadingsOf(named).uid;
  SqliteQuery rows = database_.Query(
      "SELECT key, words, present FROM facts WHERE kind = 'person' AND (key IN (?1, ?2)"
      " OR (json_valid(words) AND (words ->> '$.card[0].nfc_id' = ?1"
      "   OR words ->> '$.tamtap_id[0]' = ?1 OR words ->> '$.name[0].name' = ?1 OR (?3 <> '' AND "
      "(words ->> '$.card[0].card' = ?3"
      "   OR EXISTS(SELECT 1 FROM json_each(words, '$.card[0].replaced_cards')"
      "             WHERE value = ?3))))))");
  rows.Bind(named).Bind(key).Bind(uid.text());
  std::vector<KnownPerson> people;
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return people;
    auto fact = ReadFact(rows.View(1));
    if (!fact) {
      NoteUnreadable("a person of the central database", fact.error());
      continue;
    }
    people.push_back(
        {LastKnown(rows.Text(0), *std::move(fact)), rows.Number(2) != 0, rows.Text(1)});
  }
}

Result<> SqlitePersonal::AddVoidedRecords(const PersonNames& names, PersonRecords& found) {
  SqliteQuery rows = database_.Query(
      "SELECT record, voided_by, voided_at_us FROM voided_taps"
      " WHERE substr(attendance, instr(attendance, '/') + 1) = ?");
  rows.Bind(names.person);
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return {};
    found.records.push_back({rows.Text(0), rows.Text(1), rows.Number(2)});
  }
}

Result<PersonRecords> SqlitePersonal::RecordsOf(const PersonNames& names) {
  TAMTAP_TRY(auto moment, SqliteTransaction::BeginReading(database_));
  PersonRecords found;
  {
    SqliteQuery rows = database_.Query(
        "SELECT t.record FROM attendance a JOIN attendance_taps t ON t.attendance = a.id"
        " WHERE a.person = ?");
    rows.Bind(names.person);
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) break;
      found.records.push_back({rows.Text(0), {}, 0});
    }
  }
  TAMTAP_RETURN_IF_ERROR(AddVoidedRecords(names, found));
  // Of a card that is somebody else's now, only what nobody's name was on.
  const std::string cards = ListForQuery(names.cards);
  SqliteQuery rows = database_.Query(
      "SELECT refusal, record FROM refusals WHERE record ->> '$.person' = ?1"
      " OR (coalesce(record ->> '$.person', '') = ''"
      "     AND record ->> '$.card' IN (SELECT value FROM json_each(?2)))");
  rows.Bind(names.person).Bind(cards);
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return found;
    boost::system::error_code failed;
    auto refusal = RefusalRecordFromJson(json::parse(rows.View(1), failed));
    if (refusal) {
      found.refusals.push_back(*std::move(refusal));
    } else {
      NoteUnreadable("refusal " + rows.Text(0) + " of the central database", refusal.error());
    }
  }
}

Result<ErasedRecords> SqlitePersonal::Erase(const PersonNames& names,
                                            const std::vector<RefusalRecord>& refusals,
                                            std::string_view by, WallTime now) {
  ErasedRecords erased;
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  TAMTAP_TRY(const auto people, FindPeople(names.person));
  TAMTAP_RETURN_IF_ERROR(database_
                             .Query("DELETE FROM attendance_taps WHERE attendance IN"
                                    " (SELECT id FROM attendance WHERE person = ?)")
                             .Bind(names.person)
                             .Done());
  erased.records = static_cast<size_t>(database_.Changes());
  TAMTAP_RETURN_IF_ERROR(
      database_.Query("DELETE FROM attendance WHERE person = ?").Bind(names.person).Done());
  TAMTAP_RETURN_IF_ERROR(database_
                             .Query("DELETE FROM voided_taps WHERE"
                                    " substr(attendance, instr(attendance, '/') + 1) = ?")
                             .Bind(names.person)
                             .Done());
  erased.records += static_cast<size_t>(database_.Changes());
  for (const RefusalRecord& refusal : refusals) {
    TAMTAP_RETURN_IF_ERROR(database_.Query("DELETE FROM refusals WHERE refusal = ?")
                               .Bind(refusal.id.ToString())
                               .Done());
    erased.refusals += static_cast<size_t>(database_.Changes());
  }
  for (const KnownPerson& each : people) {
    if (each.person.person == names.person) TAMTAP_RETURN_IF_ERROR(EraseWords(each.person.name));
  }
  TAMTAP_RETURN_IF_ERROR(EraseMessages(database_, names.person));
  TAMTAP_RETURN_IF_ERROR(EraseFact(names, by, now));
  TAMTAP_RETURN_IF_ERROR(transaction->Commit());
  return erased;
}

// Changes that were refused keep the sentence that says why, with names in it.
Result<> SqlitePersonal::EraseWords(const std::string& name) {
  if (name.empty()) return {};
  return database_.Query("UPDATE changes_taken SET outcome = ? WHERE instr(outcome, ?) > 0")
      .Bind(kNamedNobody)
      .Bind(name)
      .Done();
}

Result<> SqlitePersonal::EraseFact(const PersonNames& names, std::string_view by, WallTime now) {
  std::vector<std::string> all = names.cards;
  all.push_back(names.person);
  for (const std::string& name : all) {
    // Of a card that is another one's key, or was, nothing is noted: what stands there may say that
    // those were erased, and when.
    TAMTAP_TRY(
        const bool is_key,
        database_.Query("SELECT 1 FROM facts WHERE kind = 'person' AND key = ?").Bind(name).Step());
    if (is_key && name != names.person) continue;
    TAMTAP_RETURN_IF_ERROR(
        database_.Query("INSERT OR REPLACE INTO erased(name, at_us) VALUES(?, ?)")
            .Bind(name)
            .Bind(now.time_since_epoch().count())
            .Done());
  }
  std::optional<Fact> before;
  {
    SqliteQuery row = database_.Query("SELECT words FROM facts WHERE kind = 'person' AND key = ?");
    TAMTAP_TRY(const bool found, row.Bind(names.person).Step());
    if (!found) return {};
    if (auto fact = ReadFact(row.View(0))) before = *std::move(fact);
  }
  int64_t number = 0;
  {
    SqliteQuery row = database_.Query("SELECT coalesce(max(number), 0) FROM school_states");
    TAMTAP_RETURN_IF_ERROR(row.Step());
    number = row.Number(0) + 1;
  }
  const std::string words = json::serialize(ToJson(ErasedFact(before, by, now)));
  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("UPDATE facts SET words = ?, present = 0, card = '', number = '', changed = ?"
                 " WHERE kind = 'person' AND key = ?")
          .Bind(words)
          .Bind(number)
          .Bind(names.person)
          .Done());
  return database_
      .Query("INSERT INTO school_states(number, mark) VALUES(?, lower(hex(randomblob(8))))")
      .Bind(number)
      .Done();
}

}  // namespace tamtap::central
