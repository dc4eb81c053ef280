// People, schedules and the calendar in the central SQLite file. One thread at a time: the owner
// locks.
#pragma once

#include <span>

#include "central/sqlite_database.h"
#include "tap/school.h"

namespace tamtap::central {

class SqliteSchool {
 public:
  explicit SqliteSchool(SqliteDatabase& database) : database_(database) {}

  // A row that can't be read is left out (NoteUnreadable), and all others are read.
  Result<School> Read();
  // How often the school was, or may have been, changed through this object.
  int64_t Changes() const { return changes_; }
  Result<> AddPeople(std::span<const Person> people);
  Result<> PutPeople(std::span<const Person> people);
  Result<> RemovePerson(std::string_view person);
  Result<> PutSchedule(const Schedule& schedule);
  Result<> RemoveSchedule(std::string_view section);
  Result<> PutCalendarEntry(const CalendarEntry& entry);
  Result<> RemoveCalendarEntry(const CalendarEntry& entry);

 private:
  SqliteDatabase& database_;
  int64_t changes_ = 0;
};

}  // namespace tamtap::central
