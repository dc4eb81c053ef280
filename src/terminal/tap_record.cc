#include "terminal/tap_record.h"

#include <fmt/core.h>

namespace tamtap {
namespace {

std::string PlainAscii(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const bool keep =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    if (keep) plain += c;
  }
  return plain.empty() ? "x" : plain;
}

}  // namespace

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

std::string PhotoName(const Record& record) {
  std::string time;
  for (const char c : record.time) {
    if (c != ':') time += c;
  }
  return fmt::format("{}_{}_{}_{}_{}.jpg", PlainAscii(record.tamtap_id),
                     PlainAscii(record.first_name), PlainAscii(record.last_name), time,
                     ToString(record.session));
}

}  // namespace tamtap
