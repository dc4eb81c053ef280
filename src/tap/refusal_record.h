// RefusalRecord: a card that was turned away, and why. The journal keeps it and the sync brings it
// to the central store, as it does with taps; but nobody was told that it is safe, so it costs no
// flush, and a power cut may take the newest ones.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "base/result.h"
#include "tap/record.h"

namespace tamtap {

struct RefusalRecord {
  TapId id;            // refusals of a journal are counted apart from its taps
  std::string reason;  // a code of verdict.h, such as "UNKNOWN_CARD"; later versions have others
  std::string card;    // as it was read: the UID in hexadecimal, or what the reader gave instead
  // Of whom the card is; empty if nobody knows it.
  std::string person;
  std::string nfc_id;
  std::string name;
  std::string section;
  // When: the fields mean what they do in Record.
  std::string date;
  std::string time;
  std::string day;
  std::string refused_at;
  int64_t refused_at_us = 0;
  ClockState clock = ClockState::kSynchronised;

  friend bool operator==(const RefusalRecord&, const RefusalRecord&) = default;
};

// Whether each text is short enough for RefusalRecordFromJson. Does not allocate.
bool FieldsFit(const RefusalRecord& refusal);

boost::json::object ToJson(const RefusalRecord& refusal);
// kRejected with the offending field in the message: a missing or mistyped field, a day that is no
// date, a field longer than kMostFieldBytes. Unknown fields are ignored.
Result<RefusalRecord> RefusalRecordFromJson(const boost::json::value& value);

}  // namespace tamtap
