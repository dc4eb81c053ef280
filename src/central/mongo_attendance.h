// Attendance documents in MongoDB, merged by single-document operations alone: they need no
// transactions, and they shard well.
#pragma once

#include <atomic>
#include <chrono>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "central/mongo_connection.h"
#include "server/school_store.h"
#include "tap/departure.h"

namespace tamtap::central {

// Whether a server finds a list of documents in time. FerretDB reads the whole collection for it,
// and a large one takes too long: then the documents are asked for one by one, which is slow over a
// link with long round trips. So only the server's own word that the time was over counts, not an
// error of the network, and after a while the list is tried again. Thread-safe.
class ListsInTime {
 public:
  static constexpr std::chrono::minutes kTryAgain{10};

  bool Expected(MonotonicTime now) const { return now >= MonotonicTime(not_before_.load()); }
  void WasTooSlow(MonotonicTime now) { not_before_ = (now + kTryAgain).time_since_epoch(); }

 private:
  std::atomic<MonotonicTime::duration> not_before_{};
};

// The ids under which an existing database may hold this person, as text and as numbers.
boost::json::array IdsIn(std::string_view person);

// Made for one call of the store, and used by one thread.
class MongoAttendance {
 public:
  // `lists` outlives the call.
  MongoAttendance(MongoSession& session, ListsInTime& lists) : session_(session), lists_(&lists) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records);
  Result<std::vector<size_t>> Lacking(std::span<const Record> records);
  // Documents that can't be read are passed over; `unreadable` counts them.
  Result<std::vector<Attendance>> Find(const AttendanceQuery& query, size_t& unreadable);

 private:
  static constexpr const char* kCollection = "attendance";

  struct Wanted {
    size_t index;  // of the record's outcome
    const Record* record;
  };
  // The ids of all taps in the attendances of these records, as a majority has them.
  MongoAttempt<std::set<std::string>> TapsOf(std::span<const Record> records);
  MongoAttempt<DepartureRule> Rule();
  Result<> UndoMarksOverTaps(std::vector<Attendance>& attendances);
  // Writes into the documents of these taps what their lists say of a departure (law 11).
  MongoAttempt<void> NoteDepartures(const std::vector<const Record*>& merged);
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
  ListsInTime* const lists_;
};

}  // namespace tamtap::central
