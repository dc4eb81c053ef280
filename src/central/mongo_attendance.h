// Attendance documents in MongoDB, merged by single-document operations alone: they need no
// transactions, and they shard well.
#pragma once

#include <span>
#include <vector>

#include "central/mongo_connection.h"
#include "server/school_store.h"

namespace tamtap::central {

// Of one call; one thread.
class MongoAttendance {
 public:
  explicit MongoAttendance(MongoSession& session) : session_(session) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records);
  // Documents that can't be read are passed over; `unreadable` counts them.
  Result<std::vector<Attendance>> Find(const AttendanceQuery& query, size_t& unreadable);

 private:
  struct Wanted {
    size_t index;  // of the record's outcome
    const Record* record;
  };
  // Inserts, and merges where the person's day is there already.
  MongoAttempt<Outcome> StoreOne(const Record& record);
  MongoAttempt<Outcome> Merge(const Record& record);
  MongoAttempt<void> StoreBacklog(const std::vector<Wanted>& wanted,
                                  std::vector<Outcome>& outcomes);
  MongoAttempt<void> MergeBacklog(const std::vector<Wanted>& wanted,
                                  std::vector<Outcome>& outcomes);
  // One by one, each with an outcome whatever it comes to.
  MongoAttempt<void> MergeEach(const std::vector<Wanted>& wanted, std::vector<Outcome>& outcomes);

  MongoSession& session_;
};

}  // namespace tamtap::central
