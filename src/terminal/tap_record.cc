#include "terminal/tap_record.h"

namespace tamtap {
Record MakeRecord(const Person& person, const CardId& card, const LocalTime& now, WallTime read_at,
                  Status status, bool clock_synchronised) {
  Record record = Record::Of(person);
  record.nfc_id = card;
  record.date = now.date;
  record.time = now.time;
  record.day = now.day;
  record.session = now.session;
  record.status = status;
  record.tapped_at = now.iso;
  record.tapped_at_us = read_at.time_since_epoch().count();
  record.clock = clock_synchronised ? ClockState::kSynchronised : ClockState::kUnsure;
  return record;
}

}  // namespace tamtap
