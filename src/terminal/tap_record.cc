#include "terminal/tap_record.h"

#include "base/text.h"
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

RefusalRecord MakeRefusal(const Ack& ack, const Person* person, const TapTime& time) {
  RefusalRecord refusal;
  refusal.reason = ToString(ack.reason);
  // What a reader gave instead of a card may be of any length.
  refusal.card = Shortened(ack.card, kMostFieldBytes);
  if (person != nullptr) {
    const Record facts = Record::Of(*person);
    refusal.person = facts.person;
    refusal.nfc_id = facts.NfcId();
    refusal.name = facts.name;
    refusal.section = facts.section;
  }
  refusal.date = time.local.date;
  refusal.time = time.local.time;
  refusal.day = time.local.day;
  refusal.refused_at = time.local.iso;
  refusal.refused_at_us = time.at.time_since_epoch().count();
  refusal.clock = time.vouched ? ClockState::kSynchronised : ClockState::kUnsure;
  return refusal;
}

}  // namespace tamtap
