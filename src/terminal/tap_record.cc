#include "terminal/tap_record.h"

#include "base/text.h"
#include "tap/set_instant.h"

namespace tamtap {

namespace {

ClockState ClockOf(const TapTime& time) {
  return time.vouched ? ClockState::kSynchronised : ClockState::kUnsure;
}

}  // namespace

Record MakeRecord(const Person& person, const CardId& card, const TapTime& time,
                  std::string_view day, Status status) {
  Record record = Record::Of(person);
  record.card = card;
  SetInstant(time.at, time.local, record);
  record.day = day;
  record.status = status;
  record.clock = ClockOf(time);
  return record;
}

RefusalRecord MakeRefusal(const Ack& ack, const Person* person, const TapTime& time) {
  RefusalRecord refusal;
  refusal.reason = ToString(ack.reason);
  // A reader may give a text of any length that is no card.
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
  refusal.clock = ClockOf(time);
  return refusal;
}

}  // namespace tamtap
