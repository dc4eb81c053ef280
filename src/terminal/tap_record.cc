#include "terminal/tap_record.h"

#include "tap/set_instant.h"

namespace tamtap {
Record MakeRecord(const Person& person, const CardId& card, const LocalTime& now, WallTime read_at,
                  std::string_view day, Status status, bool clock_synchronised) {
  Record record = Record::Of(person);
  record.card = card;
  SetInstant(read_at, now, record);
  record.day = day;
  record.status = status;
  record.clock = clock_synchronised ? ClockState::kSynchronised : ClockState::kUnsure;
  return record;
}

}  // namespace tamtap
