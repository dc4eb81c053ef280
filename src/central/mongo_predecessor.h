// MongoPredecessor: the attendance that an existing TamTap server goes on writing beside us, in
// documents of its own.
//
// Its documents stay as they are, except where ours tell of the same person and day, too: it counts
// documents, so that person would be there twice for it, absent and on time. What such a document
// says is then taken into ours, as an imported tap or as a mark, which gives way to taps; and the
// document itself goes, whole, into the collection `tamtap_taken_in`.
//
// Everything may be cut short anywhere, and done by several processes at once: the tap is stored
// first, under an id that follows from the document; the document is kept next; and it is removed
// last, only if it still says what was read.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "central/mongo_attendance.h"
#include "central/mongo_connection.h"
#include "tap/school_time.h"

namespace tamtap::central {

// Made for one call of the store, and used by one thread.
class MongoPredecessor {
 public:
  MongoPredecessor(MongoSession& session, MongoAttendance& attendance)
      : session_(session), attendance_(attendance) {}

  // Returns the ids of the attendances ("<day>/<person>") that only the predecessor's documents
  // tell of, on that day: once we have one of these, the day must be looked at again.
  Result<std::set<std::string>> TakeIn(std::string_view day);

 private:
  struct Ours {
    std::string id;
    std::string person;
  };
  Result<> TakeInOne(const MongoSession::Object& theirs, const Ours& ours);
  Result<TimeZone> Zone();

  MongoSession& session_;
  MongoAttendance& attendance_;
};

// That document as one of ours would say it of `person`; kRejected where it does not say enough.
Result<Record> RecordOfPredecessor(const boost::json::object& document, std::string_view person,
                                   const TimeZone& zone);

}  // namespace tamtap::central
