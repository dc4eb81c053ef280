// People, schedules, the calendar and the settings in MongoDB, in the collections and field names
// of existing TamTap databases, whose own software may go on changing them.
//
// The documents are the truth. Who said what, and when, stands beside them in a collection that
// only we read (kFacts); where a document is not as we left it, other software has changed it, and
// that counts as said when it was noticed. Documents are written first and what is said of them
// second: after a crash in between they look as if other software had written them.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "central/mongo_connection.h"
#include "school/facts.h"
#include "tap/school.h"

namespace tamtap::central {

inline constexpr const char* kSettings = "settings";  // the collection

// Made for one call of the store, and used by one thread.
class MongoSchool {
 public:
  // `report` hears of each document that can't be read and is passed over.
  using Report = std::function<void(std::string_view collection, const std::string& what)>;
  MongoSchool(MongoSession& session, Report report)
      : session_(session), report_(std::move(report)) {}

  // All that the documents say.
  Result<School> Read();
  // A number that differs whenever Change has put something, by whichever process. It says nothing
  // of what other software has changed.
  Result<int64_t> Changes();
  // Whether the collections of this file hold anything, or ever did by our hand.
  Result<bool> WasTold(const School& school);
  // See CentralStore::ChangeSchool.
  Result<std::vector<std::string>> Change(std::span<const SchoolChange> changes, WallTime now);
  // Takes them out, with all that was ever said of them (see PersonalData::Erase).
  Result<> Erase(const std::string& person, std::string_view by, WallTime now);

 private:
  // By key, in order: removals first, so that a card may go from one to another.
  Result<> Put(const std::map<FactKey, Fact>& facts);
  Result<> PutPeople(std::span<const Person> people);
  Result<> RemovePeople(const std::set<std::string>& people);
  Result<> PutSchedule(const Schedule& schedule);
  Result<> RemoveSchedule(std::string_view section);
  Result<> PutCalendarEntry(const CalendarEntry& entry);
  Result<> RemoveCalendarEntry(std::string_view key);
  Result<> PutSetting(const std::string& key, const std::string& value);

  // Somebody who is there, and what finds their document again.
  struct Known {
    Person person;
    MongoSession::Object filter;
  };
  Result<std::vector<Known>> KnownPeople();
  Result<> InsertPeople(const std::vector<const Person*>& people);
  // The facts, brought up to date with what other software has written into the documents.
  Result<std::map<FactKey, Fact>> Facts(WallTime now);
  Result<> KeepFacts(const std::map<FactKey, Fact>& facts);
  Result<> CountChange();

  MongoSession& session_;
  const Report report_;
};

}  // namespace tamtap::central
