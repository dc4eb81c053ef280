#include "central/sqlite_school.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "base/unreadable.h"
#include "tap/record.h"
#include "tap/school_json.h"

namespace tamtap::central {
namespace {

constexpr std::string_view kInsertPerson =
    "INTO people(person, nfc_id, tamtap_id, name, first_name, last_name, email, role, grade,"
    " section, registered) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

Result<> Insert(SqliteQuery query, const Person& person) {
  return query.Bind(person.person)
      .Bind(person.card.text())
      .Bind(person.tamtap_id)
      .Bind(person.name)
      .Bind(person.first_name)
      .Bind(person.last_name)
      .Bind(person.email)
      .Bind(ToString(person.role))
      .Bind(person.grade)
      .Bind(person.section)
      .Bind(person.registered)
      .Done();
}

constexpr int kPersonColumns = 11;
constexpr size_t kLongestKey = 100;  // of what the log shows

Result<Person> PersonOf(const SqliteQuery& row) {
  for (int column = 0; column < kPersonColumns; ++column) {
    if (!IsUtf8(row.View(column))) {
      return Error{ErrorCode::kCorrupt, "read a person", 0, "it holds text that is not UTF-8"};
    }
  }
  Person person;
  person.person = row.Text(0);
  TAMTAP_TRY(person.card, CardId::Parse(row.View(1)));
  person.tamtap_id = row.Text(2);
  person.name = row.Text(3);
  person.first_name = row.Text(4);
  person.last_name = row.Text(5);
  person.email = row.Text(6);
  person.role = RoleFrom(row.View(7)).value_or(Role::kStudent);
  person.grade = row.Text(8);
  person.section = row.Text(9);
  person.registered = row.Text(10);
  return person;
}

// A row's key may be what is wrong with it.
std::string RowName(std::string_view what, std::string_view key) {
  std::string name = std::string(what) + " ";
  AppendJsonString(key.substr(0, kLongestKey), name);
  return name + " of the central database";
}

// Schedules and calendar entries are few and only ever read whole: they are kept as their JSON.
template <typename T, typename FromJson>
Result<> ReadAll(SqliteQuery rows, std::string_view what, std::vector<T>& out, FromJson from_json) {
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return {};
    boost::system::error_code failed;
    const auto value = boost::json::parse(rows.View(0), failed);
    auto read = failed ? Result<T>(Error{ErrorCode::kCorrupt, failed.message(), 0, {}})
                       : Result<T>(from_json(value));
    if (read) {
      out.push_back(*std::move(read));
    } else {
      NoteUnreadable(RowName(what, rows.View(0)), read.error());
    }
  }
}

Error Unfit(std::string_view what, const Error& why) {
  return Error{ErrorCode::kRejected, "store a " + std::string(what), 0, why.Message()};
}

// Text that is no UTF-8 would make every later read of the school fail.
template <typename T, typename FromJson>
Result<std::string> Checked(std::string_view what, const T& value, FromJson from_json) {
  std::string text = boost::json::serialize(ToJson(value));
  boost::system::error_code failed;
  const auto parsed = boost::json::parse(text, failed);
  if (failed) return Unfit(what, Error{ErrorCode::kRejected, "it holds no UTF-8", 0, {}});
  const auto read = from_json(parsed);
  if (!read) return Unfit(what, read.error());
  return text;
}

Result<> CheckPerson(const Person& person) {
  const auto checked = Checked("person", person, [&person](const boost::json::value& value) {
    return PersonFromJson(value, person.role);
  });
  if (!checked) return checked.error();
  return {};
}

}  // namespace

Result<School> SqliteSchool::Read() {
  School school;
  SqliteQuery people = database_.Query(
      "SELECT person, nfc_id, tamtap_id, name, first_name, last_name, email, role, grade, section,"
      " registered FROM people ORDER BY person");
  while (true) {
    TAMTAP_TRY(const bool row, people.Step());
    if (!row) break;
    auto person = PersonOf(people);
    if (person) {
      school.people.push_back(*std::move(person));
    } else {
      NoteUnreadable(RowName("person", people.View(0)), person.error());
    }
  }
  TAMTAP_RETURN_IF_ERROR(ReadAll(database_.Query("SELECT schedule FROM schedules ORDER BY section"),
                                 "schedule", school.schedules, ScheduleFromJson));
  TAMTAP_RETURN_IF_ERROR(ReadAll(database_.Query("SELECT entry FROM calendar ORDER BY entry"),
                                 "calendar entry", school.calendar, CalendarEntryFromJson));
  return school;
}

Result<> SqliteSchool::AddPeople(std::span<const Person> people) {
  ++changes_;
  static const std::string sql = "INSERT OR IGNORE " + std::string(kInsertPerson);
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  for (const Person& person : people) {
    TAMTAP_RETURN_IF_ERROR(CheckPerson(person));
    TAMTAP_RETURN_IF_ERROR(Insert(database_.Query(sql), person));
  }
  return transaction->Commit();
}

Result<> SqliteSchool::PutPeople(std::span<const Person> people) {
  ++changes_;
  static const std::string sql = "INSERT OR ABORT " + std::string(kInsertPerson);
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  // All out before any in: two people may exchange cards in one call.
  for (const Person& person : people) {
    TAMTAP_RETURN_IF_ERROR(CheckPerson(person));
    TAMTAP_RETURN_IF_ERROR(
        database_.Query("DELETE FROM people WHERE person = ?").Bind(person.person).Done());
  }
  for (const Person& person : people) {
    const auto inserted = Insert(database_.Query(sql), person);
    if (!inserted && inserted.error().code == ErrorCode::kRejected) {
      return Error{ErrorCode::kRejected, "register " + person.name, 0,
                   "card " + person.card.text() + " belongs to somebody else, or is given twice"};
    }
    TAMTAP_RETURN_IF_ERROR(inserted);
  }
  return transaction->Commit();
}

Result<> SqliteSchool::RemovePerson(std::string_view person) {
  ++changes_;
  return database_.Query("DELETE FROM people WHERE person = ?").Bind(person).Done();
}

Result<> SqliteSchool::PutSchedule(const Schedule& schedule) {
  ++changes_;
  TAMTAP_TRY(const std::string text, Checked("schedule", schedule, ScheduleFromJson));
  return database_.Query("INSERT OR REPLACE INTO schedules(section, schedule) VALUES(?, ?)")
      .Bind(schedule.section)
      .Bind(text)
      .Done();
}

Result<> SqliteSchool::RemoveSchedule(std::string_view section) {
  ++changes_;
  return database_.Query("DELETE FROM schedules WHERE section = ?").Bind(section).Done();
}

Result<> SqliteSchool::PutCalendarEntry(const CalendarEntry& entry) {
  ++changes_;
  TAMTAP_TRY(const std::string text, Checked("calendar entry", entry, CalendarEntryFromJson));
  return database_.Query("INSERT OR IGNORE INTO calendar(entry) VALUES(?)").Bind(text).Done();
}

Result<> SqliteSchool::RemoveCalendarEntry(const CalendarEntry& entry) {
  ++changes_;
  const std::string text = boost::json::serialize(ToJson(entry));
  return database_.Query("DELETE FROM calendar WHERE entry = ?").Bind(text).Done();
}

}  // namespace tamtap::central
