#include "central/sqlite_school.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/text.h"
#include "base/unreadable.h"
#include "central/sqlite_messages.h"
#include "tap/record.h"
#include "tap/school_settings.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr size_t kLongestKey = 100;  // of what the log shows
constexpr int64_t kStatesKept = 10'000;
constexpr std::chrono::hours kTakenKept{24 * 800};

// A row's key may be what is wrong with it.
std::string RowName(std::string_view kind, std::string_view key) {
  std::string name = IsUtf8(kind) ? std::string(kind) : "fact";
  name += ' ';
  AppendJsonString(key.substr(0, kLongestKey), name);
  return name + " of the central database";
}

Result<Fact> FactOf(std::string_view text) {
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  if (failed) return Error{ErrorCode::kCorrupt, failed.message(), 0, {}};
  return FactFromJson(value);
}

class SqliteFacts final : public FactTable {
 public:
  // All that is put is of the change `number`.
  SqliteFacts(SqliteDatabase& database, int64_t number, WallTime now)
      : database_(database), number_(number), now_(now) {}

  bool has_put() const { return has_put_; }

  Result<std::optional<Fact>> Find(const FactKey& key) override {
    SqliteQuery row = database_.Query("SELECT words FROM facts WHERE kind = ? AND key = ?");
    TAMTAP_TRY(const bool found, row.Bind(ToString(key.kind)).Bind(key.key).Step());
    if (!found) return std::optional<Fact>();
    auto fact = FactOf(row.View(0));
    if (fact) return std::optional(*std::move(fact));
    NoteUnreadable(RowName(ToString(key.kind), key.key), fact.error());
    return std::optional<Fact>();  // what is said of it now is all that is known of it
  }

  Result<> Put(const FactKey& key, const Fact& fact) override {
    has_put_ = true;
    const std::string words = json::serialize(ToJson(fact));
    if (!IsUtf8(words)) {
      return Error{ErrorCode::kRejected, "change the " + std::string(ToString(key.kind)), 0,
                   "it holds text that is no UTF-8"};
    }
    const auto person = key.kind == FactKind::kPerson ? PersonOf(key.key, fact) : std::nullopt;
    return database_
        .Query(
            "INSERT OR REPLACE INTO facts(kind, key, words, present, card, number, changed)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)")
        .Bind(ToString(key.kind))
        .Bind(key.key)
        .Bind(words)
        .Bind(int64_t{fact.present()})
        .Bind(person ? std::string_view(CardKey(*person)) : std::string_view())
        .Bind(person ? std::string_view(person->tamtap_id) : std::string_view())
        .Bind(number_)
        .Done();
  }

  Result<std::vector<std::string>> OwnersOfCard(const std::string& card) override {
    return Keys(database_.Query("SELECT key FROM facts WHERE card = ?"), card);
  }

  Result<std::vector<std::string>> OwnersOfNumber(const std::string& tamtap_id) override {
    return Keys(database_.Query("SELECT key FROM facts WHERE number = ?"), tamtap_id);
  }

  Result<uint64_t> LargestNumber() override {
    // Those who left keep theirs, so that it can be given back to them.
    SqliteQuery row = database_.Query(
        "SELECT coalesce(max(CAST(json_extract(words, '$.tamtap_id[0]') AS INTEGER)), 0) FROM facts"
        " WHERE kind = 'person' AND json_valid(words)"
        " AND json_extract(words, '$.tamtap_id[0]') NOT GLOB '*[^0-9]*'"
        " AND length(json_extract(words, '$.tamtap_id[0]')) < 16");
    TAMTAP_RETURN_IF_ERROR(row.Step());
    return static_cast<uint64_t>(row.Number(0));
  }

  Result<std::optional<std::string>> Taken(const std::string& id) override {
    SqliteQuery row = database_.Query("SELECT outcome FROM changes_taken WHERE id = ?");
    TAMTAP_TRY(const bool found, row.Bind(id).Step());
    return found ? std::optional(row.Text(0)) : std::optional<std::string>();
  }

  Result<> NoteTaken(const std::string& id, const std::string& outcome) override {
    return database_
        .Query("INSERT OR REPLACE INTO changes_taken(id, outcome, at_us) VALUES(?, ?, ?)")
        .Bind(id)
        .Bind(outcome)
        .Bind(now_.time_since_epoch().count())
        .Done();
  }

 private:
  static Result<std::vector<std::string>> Keys(SqliteQuery rows, const std::string& value) {
    std::vector<std::string> keys;
    rows.Bind(value);
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return keys;
      keys.push_back(rows.Text(0));
    }
  }

  SqliteDatabase& database_;
  const int64_t number_;
  const WallTime now_;
  bool has_put_ = false;
};

}  // namespace

// Every fact once, as it is now; who left is still a row. What was here before facts had authors
// counts as said at the second microsecond of 1970: later than what a former gate's copy says
// (school/copy.cc), and before all that anybody says from now on. A row of a former table that is
// not what it should be stays in that table.
const char* const kSchoolFactsSchema =
    "CREATE TABLE facts("
    "  kind TEXT NOT NULL, key TEXT NOT NULL, words TEXT NOT NULL, present INTEGER NOT NULL,"
    "  card TEXT NOT NULL, number TEXT NOT NULL, changed INTEGER NOT NULL,"
    "  PRIMARY KEY(kind, key)) WITHOUT ROWID;"
    "CREATE INDEX facts_by_change ON facts(changed);"
    "CREATE INDEX facts_by_card ON facts(card) WHERE card <> '';"
    "CREATE INDEX facts_by_number ON facts(number) WHERE number <> '';"
    "CREATE TABLE school_states(number INTEGER PRIMARY KEY NOT NULL, mark TEXT NOT NULL);"
    "CREATE TABLE changes_taken("
    "  id TEXT PRIMARY KEY NOT NULL, outcome TEXT NOT NULL, at_us INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO facts SELECT 'person', person, json_object("
    "    'present', json_array(json('true'), 2, ''),"
    "    'card', json_array(json_object('nfc_id', nfc_id, 'card', nfc_id), 2, ''),"
    "    'name', json_array(json_object('name', name, 'first_name', first_name,"
    "                                   'last_name', last_name), 2, ''),"
    "    'tamtap_id', json_array(tamtap_id, 2, ''), 'email', json_array(email, 2, ''),"
    "    'role', json_array(role, 2, ''), 'grade', json_array(grade, 2, ''),"
    "    'section', json_array(section, 2, ''), 'registered', json_array(registered, 2, '')),"
    "  1, nfc_id, tamtap_id, 1 FROM people;"
    "DROP TABLE people;"
    "INSERT INTO facts SELECT 'schedule', section, json_object("
    "    'present', json_array(json('true'), 2, ''),"
    "    'grade', json_array(coalesce(schedule ->> '$.grade', ''), 2, ''),"
    "    'adviser_id', json_array(coalesce(schedule ->> '$.adviser_id', ''), 2, ''),"
    "    'grace_period_minutes', json_array(schedule ->> '$.grace_period_minutes', 2, ''),"
    "    'absent_threshold_minutes', json_array(schedule ->> '$.absent_threshold_minutes', 2, ''),"
    "    'monday', json_array(json(schedule -> '$.weekly_schedule.monday'), 2, ''),"
    "    'tuesday', json_array(json(schedule -> '$.weekly_schedule.tuesday'), 2, ''),"
    "    'wednesday', json_array(json(schedule -> '$.weekly_schedule.wednesday'), 2, ''),"
    "    'thursday', json_array(json(schedule -> '$.weekly_schedule.thursday'), 2, ''),"
    "    'friday', json_array(json(schedule -> '$.weekly_schedule.friday'), 2, ''),"
    "    'saturday', json_array(json(schedule -> '$.weekly_schedule.saturday'), 2, ''),"
    "    'sunday', json_array(json(schedule -> '$.weekly_schedule.sunday'), 2, '')),"
    "  1, '', '', 1 FROM schedules WHERE json_valid(schedule);"
    "DELETE FROM schedules WHERE json_valid(schedule);"
    "INSERT OR IGNORE INTO facts SELECT 'calendar',"
    "    (entry ->> '$.type') || '|' || coalesce(entry ->> '$.startDate', entry ->> '$.date') ||"
    "    '|' || coalesce(entry ->> '$.endDate', entry ->> '$.date') || '|' ||"
    "    coalesce(entry ->> '$.section', '') || '|' || coalesce(entry ->> '$.reason', ''),"
    "    json_object('present', json_array(json('true'), 2, ''),"
    "                'entry', json_array(json(entry), 2, '')),"
    "  1, '', '', 1 FROM calendar WHERE json_valid(entry) AND entry ->> '$.type' IS NOT NULL"
    "    AND coalesce(entry ->> '$.startDate', entry ->> '$.date') IS NOT NULL"
    "    AND coalesce(entry ->> '$.endDate', entry ->> '$.date') IS NOT NULL;"
    "DELETE FROM calendar WHERE json_valid(entry) AND entry ->> '$.type' IS NOT NULL"
    "    AND coalesce(entry ->> '$.startDate', entry ->> '$.date') IS NOT NULL"
    "    AND coalesce(entry ->> '$.endDate', entry ->> '$.date') IS NOT NULL;"
    "INSERT INTO facts SELECT 'setting', key, json_object("
    "    'present', json_array(json('true'), 2, ''), 'value', json_array(value, 2, '')),"
    "  1, '', '', 1 FROM settings;"
    "DROP TABLE settings;"
    "INSERT INTO school_states(number, mark)"
    "  SELECT 1, lower(hex(randomblob(8))) WHERE EXISTS(SELECT 1 FROM facts);";

std::string SqliteSchool::State::Version() const { return fmt::format("{}-{}", number, mark); }

Result<SqliteSchool::State> SqliteSchool::Newest() {
  SqliteQuery row =
      database_.Query("SELECT number, mark FROM school_states ORDER BY number DESC LIMIT 1");
  TAMTAP_TRY(const bool found, row.Step());
  if (!found) return State{0, "new"};
  return State{row.Number(0), row.Text(1)};
}

Result<std::optional<int64_t>> SqliteSchool::NumberOf(std::string_view version) {
  const size_t dash = version.find('-');
  int64_t number = 0;
  if (dash == version.npos) return std::optional<int64_t>();
  if (std::from_chars(version.data(), version.data() + dash, number).ec != std::errc()) {
    return std::optional<int64_t>();
  }
  SqliteQuery row = database_.Query("SELECT 1 FROM school_states WHERE number = ? AND mark = ?");
  TAMTAP_TRY(const bool found, row.Bind(number).Bind(version.substr(dash + 1)).Step());
  return found ? std::optional(number) : std::optional<int64_t>();
}

// A server writes down its time zone by itself.
Result<bool> SqliteSchool::WasTold() {
  SqliteQuery row =
      database_.Query("SELECT 1 FROM facts WHERE NOT (kind = 'setting' AND key = ?) LIMIT 1");
  return row.Bind(kTimezoneKey).Step();
}

Result<std::optional<SchoolUpdate>> SqliteSchool::Pull(std::string_view known_version) {
  // One state of the file: a school read in pieces might never have been one.
  TAMTAP_TRY(auto transaction, SqliteTransaction::BeginReading(database_));
  TAMTAP_TRY(const State newest, Newest());
  SchoolUpdate update;
  update.version = newest.Version();
  if (update.version == known_version) return std::optional<SchoolUpdate>();
  TAMTAP_TRY(const std::optional<int64_t> known, NumberOf(known_version));
  update.whole = !known;
  TAMTAP_TRY(update.told, WasTold());
  SqliteQuery rows = database_.Query(
      "SELECT kind, key, words, present FROM facts WHERE changed > ? ORDER BY kind, key");
  rows.Bind(known.value_or(0));
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return std::optional(std::move(update));
    const auto kind = FactKindFrom(rows.View(0));
    if (!kind) {
      NoteUnreadable(RowName(rows.View(0), rows.View(1)), kind.error());
      continue;
    }
    FactKey key{*kind, rows.Text(1)};
    if (rows.Number(3) == 0) {
      if (!update.whole) update.gone.push_back(std::move(key));
      continue;
    }
    const auto fact = FactOf(rows.View(2));
    const auto read = !fact || !IsUtf8(key.key)
                          ? Result<>(fact ? Error{ErrorCode::kCorrupt, "its key is no UTF-8", 0, {}}
                                          : fact.error())
                          : AddFact(key, fact->Fields(), update.school);
    if (!read) NoteUnreadable(RowName(rows.View(0), key.key), read.error());
  }
}

Result<std::vector<std::string>> SqliteSchool::Change(std::span<const SchoolChange> changes,
                                                      WallTime now) {
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  TAMTAP_TRY(const State newest, Newest());
  SqliteFacts facts(database_, newest.number + 1, now);
  TAMTAP_TRY(auto outcomes, ApplyChanges(changes, now, facts));
  if (facts.has_put()) {
    TAMTAP_RETURN_IF_ERROR(
        database_
            .Query("INSERT INTO school_states(number, mark) VALUES(?, lower(hex(randomblob(8))))")
            .Bind(newest.number + 1)
            .Done());
    // Who comes from further back gets the whole.
    TAMTAP_RETURN_IF_ERROR(database_.Query("DELETE FROM school_states WHERE number < ?")
                               .Bind(newest.number - kStatesKept)
                               .Done());
  }
  // A gate that was away for longer than this has handed its words over once more, at worst.
  TAMTAP_RETURN_IF_ERROR(database_.Query("DELETE FROM changes_taken WHERE at_us < ?")
                             .Bind((now - kTakenKept).time_since_epoch().count())
                             .Done());
  TAMTAP_RETURN_IF_ERROR(transaction->Commit());
  return outcomes;
}

}  // namespace tamtap::central
