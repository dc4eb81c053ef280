// People, schedules, the calendar and the settings in the central SQLite file: one table of facts
// (school/facts.h), each with the number of the change that last touched it. One thread at a time:
// the owner locks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "central/sqlite_database.h"
#include "school/facts.h"
#include "school/update.h"

namespace tamtap::central {

// The steps of the schema that made the tables of this file.
extern const char* const kSchoolFactsSchema;

class SqliteSchool {
 public:
  explicit SqliteSchool(SqliteDatabase& database) : database_(database) {}

  // See CentralStore::PullSchool. A fact that can't be read is left out (NoteUnreadable), and all
  // others are read.
  Result<std::optional<SchoolUpdate>> Pull(std::string_view known_version);
  // See CentralStore::ChangeSchool.
  Result<std::vector<std::string>> Change(std::span<const SchoolChange> changes, WallTime now);

 private:
  struct State {
    int64_t number = 0;  // of the last change; 0: nobody has said anything yet
    std::string mark;    // drawn for that change: a restored copy of the file that went on differs
    std::string Version() const;
  };
  Result<State> Newest();
  // The number of that version, if this file ever was at it.
  Result<bool> WasTold();
  Result<std::optional<int64_t>> NumberOf(std::string_view version);

  SqliteDatabase& database_;
};

}  // namespace tamtap::central
