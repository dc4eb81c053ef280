#include <fmt/core.h>

#include <boost/json.hpp>

#include "tap/card_spelling.h"
#include "tap/record.h"
#include "tap/record_fields.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kFieldsOfRecord = 32;  // and some more that callers add

class ObjectFields {
 public:
  ObjectFields() { object_.reserve(kFieldsOfRecord); }
  void Text(std::string_view key, std::string_view value) { object_.emplace(key, value); }
  void TextOrNull(std::string_view key, std::string_view value) {
    if (value.empty()) {
      object_.emplace(key, nullptr);
    } else {
      object_.emplace(key, value);
    }
  }
  void Tap(std::string_view key, const TapId& tap) { object_.emplace(key, tap.ToString()); }
  void Number(std::string_view key, int64_t value) { object_.emplace(key, value); }
  json::object Take() { return std::move(object_); }

 private:
  json::object object_;
};

// Reads fields one after the other and keeps the first complaint.
class FieldReader {
 public:
  explicit FieldReader(const json::object& object) : object_(object), next_(object.begin()) {}

  std::string Required(std::string_view key) { return Text(key, /*required=*/true); }
  std::string Optional(std::string_view key, size_t most = kMostFieldBytes) {
    return Text(key, /*required=*/false, most);
  }

  template <typename Enum>
  Enum Choice(std::string_view key, std::optional<Enum> (*parse)(std::string_view)) {
    const std::string text = Required(key);
    const std::optional<Enum> value = parse(text);
    if (!value) Complain(key, fmt::format("'{}' is none of its values", text));
    return value.value_or(Enum{});
  }

  int64_t Number(std::string_view key) {
    const json::value* const value = Find(key);
    if (value == nullptr || !value->is_int64()) {
      Complain(key, "a whole number is missing");
      return 0;
    }
    return value->get_int64();
  }

  void Complain(std::string_view key, std::string_view what) {
    if (complaint_.empty()) complaint_ = fmt::format("record field '{}': {}", key, what);
  }
  const std::string& complaint() const { return complaint_; }

 private:
  std::string Text(std::string_view key, bool required, size_t most = kMostFieldBytes) {
    const json::value* const value = Find(key);
    if (value == nullptr || value->is_null()) {
      if (required) Complain(key, "it is missing");
      return {};
    }
    if (!value->is_string()) {
      Complain(key, "it is no text");
      return {};
    }
    const json::string& text = value->get_string();
    if (text.size() > most) {
      Complain(key, fmt::format("{} bytes; at most {} are allowed", text.size(), most));
      return {};
    }
    if (required && text.empty()) Complain(key, "it is empty");
    return {text.data(), text.size()};
  }

  // Fields that are asked for in their order are not searched for.
  const json::value* Find(std::string_view key) {
    const auto there = next_ != object_.end() && next_->key() == key ? next_ : object_.find(key);
    if (there == object_.end()) return nullptr;
    next_ = there + 1;
    return &there->value();
  }

  const json::object& object_;
  json::object::const_iterator next_;  // behind the field that was read last
  std::string complaint_;
};

// Records of earlier versions have no `card`. In ours it is empty where the UID was not read: staff
// marked the day of somebody whose id does not say it.
void ReadCard(const json::object& object, const std::string& nfc_id, FieldReader& reader,
              Record& record) {
  record.nfc_id = nfc_id;
  const std::string uid = reader.Optional("card");
  if (!uid.empty()) {
    auto card = CardId::FromHex(uid);
    if (!card) return reader.Complain("card", fmt::format("'{}' is no UID", uid));
    record.card = *std::move(card);
  } else if (!object.contains("card")) {
    record.card = ReadingsOf(nfc_id).uid;
  }
  if (record.nfc_id == record.card.text()) record.nfc_id.clear();
}

Error Refused(std::string what) {
  return Error{ErrorCode::kRejected, std::move(what), 0,
               "see docs/journal-format.md for its fields"};
}

}  // namespace

json::object ToJson(const Record& record) {
  ObjectFields fields;
  VisitFields(record, fields);
  return fields.Take();
}

json::object ToJson(const Attendance& attendance) {
  json::object object;
  object.emplace("_id", attendance.arrival.AttendanceId());
  for (auto& [key, value] : ToJson(attendance.arrival)) object.emplace(key, std::move(value));
  json::array taps;
  for (const TapReference& tap : attendance.taps) {
    taps.push_back({{"tap", tap.tap},
                    {"terminal", tap.terminal},
                    {"tapped_at", tap.tapped_at},
                    {"tapped_at_us", tap.tapped_at_us}});
  }
  object.emplace("taps", std::move(taps));
  if (!attendance.departed_at.empty()) {
    object.emplace("departed_at", attendance.departed_at);
    object.emplace("departure", attendance.departure);
  }
  return object;
}

Result<Record> RecordFromJson(const json::value& value) {
  if (!value.is_object()) return Refused("a record that is no JSON object");
  FieldReader reader(value.get_object());
  Record record;
  auto tap = TapId::Parse(reader.Required("tap"));
  if (!tap) {
    reader.Complain("tap", tap.error().Message());
  } else {
    record.tap = *std::move(tap);
  }
  const std::string nfc_id = reader.Required("nfc_id");
  ReadCard(value.get_object(), nfc_id, reader, record);
  record.person = reader.Optional("person");
  if (record.person.empty()) record.person = PersonKeyOf(nfc_id);
  if (!IsPersonKey(record.person)) {
    reader.Complain("person", fmt::format("'{}' names nobody", record.person));
  }
  record.tamtap_id = reader.Optional("tamtap_id");
  record.name = reader.Optional("name");
  record.first_name = reader.Optional("first_name");
  record.last_name = reader.Optional("last_name");
  record.email = reader.Optional("email");
  record.role = reader.Choice("role", RoleFrom);
  record.grade = reader.Optional("grade");
  record.section = reader.Optional("section");
  record.date = reader.Required("date");
  record.time = reader.Required("time");
  record.day = reader.Required("day");
  if (!IsDay(record.day)) reader.Complain("day", fmt::format("'{}' is no date", record.day));
  record.session = reader.Choice("session", SessionFrom);
  record.status = reader.Choice("status", StatusFrom);
  record.photo = reader.Optional("photo");
  record.tapped_at = reader.Required("tapped_at");
  record.tapped_at_us = reader.Number("tapped_at_us");
  record.clock = reader.Choice("clock", ClockStateFrom);
  VisitStaffWords(record.staff, [&](std::string_view key, std::string& words, size_t most) {
    words = reader.Optional(key, most);
  });
  if (!reader.complaint().empty()) return Refused(reader.complaint());
  return record;
}

Result<Attendance> AttendanceFromJson(const json::value& value) {
  Attendance attendance;
  TAMTAP_TRY(attendance.arrival, RecordFromJson(value));
  const json::value* const taps = value.get_object().if_contains("taps");
  if (taps == nullptr || !taps->is_array()) return Refused("an attendance without its taps");
  for (const json::value& entry : taps->get_array()) {
    if (!entry.is_object()) return Refused("an attendance tap that is no JSON object");
    FieldReader reader(entry.get_object());
    TapReference tap;
    tap.tap = reader.Required("tap");
    tap.terminal = reader.Required("terminal");
    tap.tapped_at = reader.Required("tapped_at");
    if (entry.get_object().contains("tapped_at_us")) {
      tap.tapped_at_us = reader.Number("tapped_at_us");
    }
    if (!reader.complaint().empty()) return Refused(reader.complaint());
    attendance.taps.push_back(std::move(tap));
  }
  FieldReader derived(value.get_object());
  attendance.departed_at = derived.Optional("departed_at");
  const std::string departure = derived.Optional("departure");
  if (!attendance.departed_at.empty()) attendance.departure = departure;
  if (!derived.complaint().empty()) return Refused(derived.complaint());
  return attendance;
}

}  // namespace tamtap
