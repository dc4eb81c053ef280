// Attendance documents in MongoDB, merged by single-document operations alone: they need no
// transactions, and they shard well.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "central/mongo_connection.h"
#include "server/school_store.h"

namespace tamtap::central {

// Of one call; one thread.
class MongoAttendance {
 public:
  // `lists_are_slow` outlives the call: set when the server did not find a list of documents in
  // time; from then on they are asked for one by one.
  MongoAttendance(MongoSession& session, std::atomic<bool>& lists_are_slow)
      : session_(session), lists_are_slow_(&lists_are_slow) {}

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
  // Where a majority does not have the document yet, or somebody else is writing it.
  MongoAttempt<Outcome> MergeUnseen(const Record& record);
  MongoAttempt<void> StoreBacklog(const std::vector<Wanted>& wanted,
                                  std::vector<Outcome>& outcomes);
  MongoAttempt<void> MergeBacklog(const std::vector<Wanted>& wanted,
                                  std::vector<Outcome>& outcomes);
  // One by one, each with an outcome whatever it comes to; kRetry for those there is no time for.
  MongoAttempt<void> MergeEach(const std::vector<Wanted>& wanted, std::vector<Outcome>& outcomes);

  MongoSession& session_;
  std::atomic<bool>* const lists_are_slow_;
};

}  // namespace tamtap::central
