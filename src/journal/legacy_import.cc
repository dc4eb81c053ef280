#include "journal/legacy_import.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <map>

#include "base/text.h"
#include "tap/json_fields.h"
#include "tap/mark.h"
#include "tap/person_cards.h"
#include "tap/school_json.h"

namespace tamtap::journal {
namespace {

namespace json = boost::json;

// "7:05:09" or "07:05" and the like are seen in old files; missing seconds are 0.
std::string DateOf(const json::object& object) {
  std::string date = TextOrNumberAt(object, "date");
  if (date.size() == 10) {
    std::string time = TextOrNumberAt(object, "time");
    if (time.empty()) time = "00:00:00";
    if (time.size() == 5) time += ":00";
    date += " " + time;
  }
  return date;
}

Result<Record> RecordFrom(const json::object& object, const TimeZone& zone,
                          const std::map<std::string, const Person*>& people) {
  Record record;
  std::string spelled = TextOrNumberAt(object, "nfc_id");
  if (spelled.empty()) spelled = TextOrNumberAt(object, "uid");
  if (TrimSpace(spelled).empty() || spelled.size() > kMostFieldBytes) {
    return Error{ErrorCode::kRejected, "it has no nfc_id that can be one", 0, ""};
  }
  TAMTAP_TRY(const WallTime instant, zone.FromLocal(DateOf(object)));
  const LocalTime local = zone.ToLocal(instant);
  Person owner;  // a tap of nobody's card there is still that card's
  SpellCard(spelled, CardId(), owner);
  owner.person = PersonKeyOf(spelled);
  record.card = owner.card;
  const auto known = people.find(owner.person);
  if (known != people.end()) {
    const Person& person = *known->second;
    record.person = person.person;
    record.nfc_id = person.nfc_id;
    record.tamtap_id = person.tamtap_id;
    record.name = person.name;
    record.first_name = person.first_name;
    record.last_name = person.last_name;
    record.email = person.email;
    record.grade = person.grade;
    record.section = person.section;
    record.role = person.role;
  } else {
    record.nfc_id = owner.nfc_id;
    record.person = owner.person;
  }
  const auto prefer = [&](std::string_view key, std::string& field) {
    if (std::string text = TextOrNumberAt(object, key); !text.empty()) field = std::move(text);
  };
  prefer("tamtap_id", record.tamtap_id);
  prefer("name", record.name);
  prefer("first_name", record.first_name);
  prefer("last_name", record.last_name);
  prefer("email", record.email);
  prefer("grade", record.grade);
  prefer("section", record.section);
  record.role = RoleFrom(TextOrNumberAt(object, "role")).value_or(record.role);
  record.date = local.date;
  record.time = local.time;
  record.day = local.day;
  record.session = SessionFrom(TextOrNumberAt(object, "session")).value_or(local.session);
  // Old status words ("present") say no more than that the person came.
  record.status = StatusFrom(TextOrNumberAt(object, "status")).value_or(Status::kOnTime);
  record.photo = TextOrNumberAt(object, "photo");
  record.tapped_at = local.iso;
  record.tapped_at_us = instant.time_since_epoch().count();
  record.clock = ClockState::kUnsure;  // nobody noted whether it was right
  record.tap = ImportedTapId(record);
  return record;
}

void ReadPeople(const json::object& file, std::string_view key, Role role, LegacyImport& import) {
  const json::value* const list = file.if_contains(key);
  if (list == nullptr || !list->is_object()) return;
  for (const auto& [card, entry] : list->get_object()) {
    json::value value = entry;
    if (value.is_object()) value.get_object().emplace("nfc_id", card);
    if (auto person = PersonFromJson(value, role)) {
      import.people.push_back(*std::move(person));
    } else {
      import.errors.push_back(
          fmt::format("{}[\"{}\"]: {}", key, std::string_view(card), person.error().Message()));
    }
  }
}

void AddTap(Record record, bool confirmed, std::map<std::string, size_t>& places,
            LegacyImport& import) {
  const auto [place, fresh] = places.emplace(record.tap.ToString(), import.taps.size());
  if (fresh) {
    import.taps.push_back({std::move(record), confirmed});
    return;
  }
  ++import.repeated;
  // Whether the predecessor's store has it is in doubt then; ours finds out.
  if (!confirmed) import.taps[place->second].confirmed = false;
}

}  // namespace

Result<LegacyImport> ReadLegacyFile(std::string_view bytes, const TimeZone& zone) {
  TAMTAP_TRY(const std::string text, DecodeUnicode(bytes, "the file to import"));
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  if (failed || !value.is_object()) {
    return Error{ErrorCode::kRejected, "read the file to import", 0,
                 "it is no JSON object; give a tamtap_users.json"};
  }
  const json::object& file = value.get_object();
  LegacyImport import;
  ReadPeople(file, "students", Role::kStudent, import);
  ReadPeople(file, "teachers", Role::kTeacher, import);
  std::map<std::string, const Person*> people;
  for (const Person& person : import.people) {
    people.emplace(PersonKeyOf(person.NfcId()), &person);
  }

  std::map<std::string, size_t> places;  // of taps in the list, by id
  for (const auto& [key, confirmed] :
       {std::pair<std::string_view, bool>{"attendance", true}, {"pending_attendance", false}}) {
    const json::value* const list = file.if_contains(key);
    if (list == nullptr || !list->is_array()) continue;
    size_t index = 0;
    for (const json::value& entry : list->get_array()) {
      auto record =
          entry.is_object()
              ? RecordFrom(entry.get_object(), zone, people)
              : Result<Record>(Error{ErrorCode::kRejected, "it is no JSON object", 0, ""});
      if (record) {
        AddTap(*std::move(record), confirmed, places, import);
      } else {
        import.errors.push_back(fmt::format("{}[{}]: {}", key, index, record.error().Message()));
      }
      ++index;
    }
  }
  return import;
}

}  // namespace tamtap::journal
