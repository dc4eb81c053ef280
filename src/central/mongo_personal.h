// Retention and the data of one person (server/personal_data.h) in MongoDB, by single-document
// operations alone. Made for one call of the store, and used by one thread.
//
// Collections of our own: tamtap_erased ({_id: a key or card, at_us, key: whose}), and in
// tamtap_store the document {_id: "retention", first_kept_day}.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "central/mongo_connection.h"
#include "server/personal_data.h"
#include "sync/central_store.h"

namespace tamtap::central {

// What the store has settled (settled.h), as it was when it was read.
struct MongoSettled {
  struct Erased {
    int64_t at_us = 0;
    bool present = false;  // somebody was registered with that key since
  };
  std::string first_kept_day;  // "": none was purged
  std::map<std::string, Erased> erased;

  std::optional<Outcome> OutcomeOf(const Record& record) const;
  // The outcomes of all `records`; `store` is given those that are not settled.
  using Store = std::function<Result<std::vector<Outcome>>(std::span<const Record>)>;
  Result<std::vector<Outcome>> StoreRest(std::span<const Record> records, const Store& store) const;
  bool Holds(const RefusalRecord& refusal) const;  // whether it is of somebody who was erased
};

// What is settled, for records that are to be stored. For those of a moment ago it is read every
// half a minute, so that most taps need no question; for older ones, which may be there a second
// time, it is what it is now, whichever server or gate has added to it. Thread-safe.
class SettledCache {
 public:
  using Read = std::function<Result<MongoSettled>()>;
  Result<std::shared_ptr<const MongoSettled>> For(std::span<const Record> records, const Read& read)
      EXCLUDES(mutex_);
  void LookAgain() EXCLUDES(mutex_);

 private:
  Result<std::shared_ptr<const MongoSettled>> Get(const Read& read) EXCLUDES(mutex_);

  Mutex mutex_;
  std::shared_ptr<const MongoSettled> settled_ GUARDED_BY(mutex_);
  MonotonicTime until_ GUARDED_BY(mutex_){};
};

class MongoPersonal {
 public:
  explicit MongoPersonal(MongoSession& session) : session_(session) {}

  Result<MongoSettled> ReadSettled();
  Result<size_t> PurgeAttendance(std::string_view first_kept_day, size_t most);
  Result<size_t> PurgeRefusals(std::string_view first_kept_day, size_t most);
  // Those who left; `present` are the people of the school now.
  Result<std::vector<KnownPerson>> FindPeople(std::string_view named, const People& present);
  Result<PersonRecords> RecordsOf(const PersonNames& names, const People& present);
  // All but what the school's documents and facts say of them (MongoSchool::Erase).
  Result<ErasedRecords> EraseRecords(const PersonNames& names, const People& present, WallTime now);

 private:
  using Object = boost::json::object;

  static constexpr const char* kAttendanceOf = "attendance";
  static constexpr const char* kVoidedTaps = "tamtap_voided";
  static constexpr const char* kTakenInDays = "tamtap_taken_in";
  static constexpr const char* kErased = "tamtap_erased";

  // Who may be meant where a card alone names somebody.
  struct Sharers {
    Person self;                   // as they were last known
    People others;                 // who has, or had, any of their cards, too
    std::set<std::string> shared;  // those cards
  };
  Result<Sharers> SharersOf(const PersonNames& names, const People& present);
  // What of a person is in `attendance`, and in what was taken in from there.
  Result<Object> OfPerson(const PersonNames& names, const Sharers& sharers);
  Result<Object> TakenInOf(const PersonNames& names, const Sharers& sharers);
  Result<PersonRecords> Records(const PersonNames& names, const Object& attendance,
                                const Object& taken_in);
  Result<std::vector<KnownPerson>> PeopleWho(const std::function<bool(const Person&)>& are,
                                             const People& present);
  // Of whom the documents of the school tell: other software may have registered them.
  Result<> AddRegistered(const std::set<std::string>& told_of, const std::set<std::string>& keys,
                         MongoSettled& settled);

  // Removes those of the day of the first one that `filter` finds by `day_field`.
  Result<size_t> PurgeDay(const char* collection, const Object& filter, const char* day_field);
  Result<size_t> Remove(const char* collection, const Object& filter);
  Result<> Collect(const char* collection, const Object& filter,
                   const std::function<void(const Object&)>& take);

  MongoSession& session_;
};

}  // namespace tamtap::central
