#include "central/past_attendance.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <charconv>

#include "tap/json_fields.h"
#include "tap/school_time.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

Error Unreadable(const std::string& what) {
  return Error{ErrorCode::kRejected, "read an attendance: " + what, 0, {}};
}

}  // namespace

Result<Attendance> AttendanceFromDocument(const json::object& document) {
  if (document.contains("tap")) {
    auto attendance = AttendanceFromJson(document);
    if (attendance) return attendance;
  }
  Attendance attendance;
  Record& record = attendance.arrival;
  auto card = CardId::Parse(TextOrNumberAt(document, "nfc_id"));
  if (!card) return Unreadable(card.error().Message());
  record.card = *std::move(card);
  record.nfc_id = TextOrNumberAt(document, "nfc_id");
  if (record.nfc_id == record.card.text()) record.nfc_id.clear();
  record.person = TextOrNumberAt(document, "person");
  if (record.person.empty()) record.person = record.card.text();
  record.date = TextOrNumberAt(document, "date");
  record.day = TextOrNumberAt(document, "day");
  if (record.day.empty()) record.day = record.date.substr(0, 10);
  if (!IsDay(record.day)) return Unreadable(fmt::format("'{}' is no date", record.date));
  record.time = TextOrNumberAt(document, "time");
  if (record.time.empty() && record.date.size() > 11) record.time = record.date.substr(11);
  record.tamtap_id = TextOrNumberAt(document, "tamtap_id");
  record.first_name = TextOrNumberAt(document, "first_name");
  record.last_name = TextOrNumberAt(document, "last_name");
  record.name = TextOrNumberAt(document, "name");
  if (record.name.empty()) record.name = record.first_name + " " + record.last_name;
  record.email = TextOrNumberAt(document, "email");
  record.role = RoleFrom(TextOrNumberAt(document, "role")).value_or(Role::kStudent);
  record.grade = TextOrNumberAt(document, "grade");
  record.section = TextOrNumberAt(document, "section");
  record.session = SessionFrom(TextOrNumberAt(document, "session"))
                       .value_or(record.time < "12" ? Session::kAm : Session::kPm);
  record.status = StatusFrom(TextOrNumberAt(document, "status")).value_or(Status::kOnTime);
  record.photo = TextOrNumberAt(document, "photo");
  record.tapped_at = TextOrNumberAt(document, "tapped_at");
  record.clock = ClockStateFrom(TextOrNumberAt(document, "clock")).value_or(ClockState::kUnsure);
  return attendance;
}

std::string DecimalForm(const CardId& card) {
  if (card.text().size() != 8) return {};
  uint32_t uid = 0;
  const char* const begin = card.text().data();
  if (std::from_chars(begin, begin + 8, uid, 16).ec != std::errc()) return {};
  const uint32_t check = ((uid >> 24) ^ (uid >> 16) ^ (uid >> 8) ^ uid) & 0xFF;
  return fmt::format("{}", (static_cast<uint64_t>(uid) << 8) | check);
}

}  // namespace tamtap::central
