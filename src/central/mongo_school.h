// People, schedules and the calendar in MongoDB, in the collections and field names of existing
// TamTap databases.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "central/mongo_connection.h"
#include "tap/school.h"

namespace tamtap::central {

// Made for one call of the store, and used by one thread.
class MongoSchool {
 public:
  // `report` hears of each document that can't be read and is passed over.
  using Report = std::function<void(std::string_view collection, const std::string& what)>;
  MongoSchool(MongoSession& session, Report report)
      : session_(session), report_(std::move(report)) {}

  Result<School> Read();
  Result<> AddPeople(std::span<const Person> people);
  Result<> PutPeople(std::span<const Person> people);
  Result<> RemovePerson(std::string_view person);
  Result<> PutSchedule(const Schedule& schedule);
  Result<> RemoveSchedule(std::string_view section);
  Result<> PutCalendarEntry(const CalendarEntry& entry);
  Result<> RemoveCalendarEntry(const CalendarEntry& entry);

 private:
  // Somebody who is there, and what finds their document again.
  struct Known {
    Person person;
    MongoSession::Object filter;
  };
  Result<std::vector<Known>> KnownPeople();
  Result<> InsertPeople(const std::vector<const Person*>& people, bool taken_is_fine);

  MongoSession& session_;
  const Report report_;
};

}  // namespace tamtap::central
