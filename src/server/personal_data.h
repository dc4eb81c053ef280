// PersonalData: what a store has to do for privacy besides keeping records: forgetting what is
// older than the school keeps it, telling all that it holds of one person, and forgetting one
// person. Thread-safe, as the store is; what a call changes is durable when it returns.
//
// What was forgotten does not come back by a gate that sends it again. The store refuses taps of
// days that it has purged, and says of none of them that it lacks it. Of somebody who was erased it
// takes what was tapped before that as known, so that the gate has nothing more to send; what is
// tapped later with a card of theirs is refused, unless somebody was registered with it anew.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "tap/refusal_record.h"
#include "tap/school.h"

namespace tamtap {

// Somebody of whom the store knows, also if they have left the school.
struct KnownPerson {
  Person person;        // as it was last said; of somebody who was erased, the key alone
  bool present = true;  // false: they have left
  // Who said what of them and when, as JSON: {field: [value, at_us, by], ...} (school/facts.h).
  std::string words;
};

// By what records name a person.
struct PersonNames {
  std::string person;              // the key that is theirs for ever
  std::vector<std::string> cards;  // present and former ones: UIDs, and spellings of the school
};
PersonNames NamesOf(const Person& person);

// A tap or a mark as the store holds it.
struct StoredRecord {
  std::string record;        // JSON: a record, or a document of an existing TamTap database
  std::string voided_by;     // empty: it counts
  int64_t voided_at_us = 0;  // microseconds since 1970 UTC
};

struct PersonRecords {
  std::vector<StoredRecord> records;  // in no order
  std::vector<RefusalRecord> refusals;
};

struct ErasedRecords {
  size_t records = 0;
  size_t refusals = 0;
};

class PersonalData {
 public:
  virtual ~PersonalData() = default;

  // Removes for good what is of a day before `first_kept_day` ("YYYY-MM-DD"): taps, marks, and
  // those that were voided. One call does a small piece of it, of about `most` persons' days;
  // it returns how many it removed, and 0 when there are none left. kRejected: that is no day.
  virtual Result<size_t> PurgeAttendance(std::string_view first_kept_day, size_t most) = 0;
  // The same of refusals, which a gate may bring again: no day of them is refused.
  virtual Result<size_t> PurgeRefusals(std::string_view first_kept_day, size_t most) = 0;

  // Those who have or had that key, card (in any spelling), number (`tamtap_id`) or whole name.
  virtual Result<std::vector<KnownPerson>> FindPeople(std::string_view named) = 0;
  virtual Result<PersonRecords> RecordsOf(const PersonNames& names) = 0;
  // Forgets what RecordsOf() tells and all that was said of the person. What stays is the key, with
  // the word of `by` that nobody of it is there any more: gates take them out of their copies by
  // it. It may be repeated after an error.
  virtual Result<ErasedRecords> Erase(const PersonNames& names, std::string_view by,
                                      WallTime now) = 0;
  // Whether somebody of that key was erased, and nobody was registered with it since.
  virtual Result<bool> WasErased(std::string_view person) = 0;
};

}  // namespace tamtap
