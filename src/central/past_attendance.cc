#include "central/past_attendance.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <charconv>

#include "tap/school_time.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

std::string TextOf(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return json::value_to<std::string>(*value);
  if (value->is_number()) return json::serialize(*value);
  return {};
}

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
  auto card = CardId::Parse(TextOf(document, "nfc_id"));
  if (!card) return Unreadable(card.error().Message());
  record.nfc_id = *std::move(card);
  record.person = TextOf(document, "person");
  if (record.person.empty()) record.person = record.nfc_id.text();
  record.date = TextOf(document, "date");
  record.day = TextOf(document, "day");
  if (record.day.empty()) record.day = record.date.substr(0, 10);
  if (!IsDay(record.day)) return Unreadable(fmt::format("'{}' is no date", record.date));
  record.time = TextOf(document, "time");
  if (record.time.empty() && record.date.size() > 11) record.time = record.date.substr(11);
  record.tamtap_id = TextOf(document, "tamtap_id");
  record.first_name = TextOf(document, "first_name");
  record.last_name = TextOf(document, "last_name");
  record.name = TextOf(document, "name");
  if (record.name.empty()) record.name = record.first_name + " " + record.last_name;
  record.email = TextOf(document, "email");
  record.role = RoleFrom(TextOf(document, "role")).value_or(Role::kStudent);
  record.grade = TextOf(document, "grade");
  record.section = TextOf(document, "section");
  record.session = SessionFrom(TextOf(document, "session"))
                       .value_or(record.time < "12" ? Session::kAm : Session::kPm);
  record.status = StatusFrom(TextOf(document, "status")).value_or(Status::kOnTime);
  record.photo = TextOf(document, "photo");
  record.tapped_at = TextOf(document, "tapped_at");
  record.clock = ClockStateFrom(TextOf(document, "clock")).value_or(ClockState::kUnsure);
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
