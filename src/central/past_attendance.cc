#include "central/past_attendance.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/ascii.h"
#include "base/text.h"
#include "tap/json_fields.h"
#include "tap/mark.h"
#include "tap/past_record.h"
#include "tap/person_cards.h"
#include "tap/record_fields.h"
#include "tap/school_time.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr size_t kFourBytesDigits = 8;
constexpr size_t kDayLength = 10;
constexpr size_t kTimeLength = 8;
constexpr size_t kDateLength = kDayLength + 1 + kTimeLength;

Error Unreadable(const std::string& what) {
  return Error{ErrorCode::kRejected, "read an attendance: " + what, 0, {}};
}

// As our own programs say it: with the time at which the mark was made.
json::object WithTimeOfMark(const json::object& document) {
  json::object whole = document;
  const std::string made_at = TextAt(document, "tapped_at");  // "YYYY-MM-DDTHH:MM:SS..."
  if (made_at.size() < kDateLength) return whole;
  const std::string time = made_at.substr(kDayLength + 1, kTimeLength);
  whole["time"] = time;
  whole["date"] = TextAt(document, "day") + " " + time;
  return whole;
}

}  // namespace

json::object FieldsForDatabase(const Record& record) {
  json::object fields = ToJson(record);
  // Somebody who was here has a time there, as who tapped.
  if (IsMark(record) && !IsMarkOfPresence(record)) {
    fields["date"] = record.day;
    fields["time"] = nullptr;
  }
  return fields;
}

json::object ToSay(const Record& record) {
  json::object unsaid;
  VisitStaffWords(record.staff, [&](std::string_view key, const std::string& words, size_t) {
    if (words.empty()) unsaid.emplace(key, "");
  });
  json::object update{{"$set", FieldsForDatabase(record)}};
  if (!unsaid.empty()) update.emplace("$unset", std::move(unsaid));
  return update;
}

Result<Attendance> AttendanceFromDocument(const json::object& document) {
  if (document.contains("tap")) {
    const json::value* const time = document.if_contains("time");
    const bool is_mark = time != nullptr && time->is_null();
    auto attendance = AttendanceFromJson(is_mark ? WithTimeOfMark(document) : document);
    if (attendance) return attendance;
  }
  Attendance attendance;
  Record& record = attendance.arrival;
  std::string spelled = TextOrNumberAt(document, "nfc_id");
  if (spelled.empty()) spelled = TextOrNumberAt(document, "uid");
  if (TrimSpace(spelled).empty()) return Unreadable("it has no nfc_id");
  Person owner;
  SpellCard(spelled, CardId(), owner);
  record.card = owner.card;
  record.nfc_id = owner.nfc_id;
  record.person = TextOrNumberAt(document, "person");
  if (record.person.empty()) record.person = PersonKeyOf(spelled);
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
  record.photo = PastPhoto(document);
  record.staff = PastStaffWords(document);
  record.tapped_at = TextOrNumberAt(document, "tapped_at");
  record.clock = ClockStateFrom(TextOrNumberAt(document, "clock")).value_or(ClockState::kUnsure);
  return attendance;
}

std::vector<std::string> SpellingsOf(std::string_view person) {
  std::vector<std::string> spellings{std::string(person)};
  const auto card = CardId::FromHex(person);
  if (!card) return spellings;
  spellings.push_back(LowerAscii(person));
  if (card->text().size() != kFourBytesDigits) return spellings;
  uint32_t uid = 0;
  const char* const begin = card->text().data();
  std::from_chars(begin, begin + kFourBytesDigits, uid, 16);  // hexadecimal digits alone
  const uint32_t check = ((uid >> 24) ^ (uid >> 16) ^ (uid >> 8) ^ uid) & 0xFF;
  spellings.push_back(fmt::format("{}", (static_cast<uint64_t>(uid) << 8) | check));
  for (const uint32_t number : {uid, __builtin_bswap32(uid)}) {
    spellings.push_back(fmt::format("{}", number));
    spellings.push_back(fmt::format("{:010}", number));
  }
  return spellings;
}

}  // namespace tamtap::central
