#include "school/change.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "base/sha256.h"
#include "tap/json_fields.h"
#include "tap/record.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kLongestId = 64;
constexpr size_t kLongestKey = 1'024;
constexpr size_t kLongestField = 4'096;
constexpr size_t kMostFields = 32;
constexpr size_t kIdBytes = 16;

constexpr std::string_view kCard = "card";
constexpr std::string_view kName = "name";
constexpr std::string_view kRole = "role";
constexpr std::string_view kWeek = "weekly_schedule";
constexpr std::string_view kEntry = "entry";
constexpr std::string_view kValue = "value";

// Keys of a person's document that are one field, by the field's name.
constexpr std::string_view kCardKeys[] = {"nfc_id", "card", "replaced_cards"};
constexpr std::string_view kNameKeys[] = {"name", "first_name", "last_name"};

Error Refused(const FactKey& key, std::string_view why) {
  return Error{ErrorCode::kRejected, fmt::format("change the {} '{}'", ToString(key.kind), key.key),
               0, std::string(why)};
}

std::optional<json::value> Parsed(const std::string& text) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  if (failed) return std::nullopt;
  return value;
}

void Add(FactFields& fields, std::string_view name, const json::value& value) {
  fields.insert_or_assign(std::string(name), json::serialize(value));
}

// Moves these keys out of `document` into one field.
template <size_t N>
void AddTogether(FactFields& fields, std::string_view name, const std::string_view (&keys)[N],
                 json::object& document) {
  json::object together;
  for (const std::string_view key : keys) {
    if (const json::value* const value = document.if_contains(key)) {
      together.emplace(key, *value);
      document.erase(key);
    }
  }
  Add(fields, name, together);
}

FactFields FieldsOfDocument(const json::object& document) {
  FactFields fields;
  for (const auto& [key, value] : document) Add(fields, key, value);
  Add(fields, kPresent, true);
  return fields;
}

// The document as it was before its fields were taken apart.
Result<json::object> DocumentOf(const FactKey& key, const FactFields& fields) {
  json::object document;
  json::object week;
  for (const auto& [name, text] : fields) {
    if (name == kPresent) continue;
    auto value = Parsed(text);
    if (!value) return Refused(key, fmt::format("the field '{}' is no JSON", name));
    const bool together = key.kind == FactKind::kPerson && (name == kCard || name == kName);
    const bool weekday = key.kind == FactKind::kSchedule && name.ends_with("day");
    if (weekday) {
      if (!value->is_null()) week.emplace(name, *std::move(value));
    } else if (together && value->is_object()) {
      for (auto& [part, held] : value->get_object()) document.insert_or_assign(part, held);
    } else {
      document.insert_or_assign(name, *std::move(value));
    }
  }
  if (key.kind == FactKind::kSchedule) {
    document.insert_or_assign("section", key.key);
    document.insert_or_assign(kWeek, std::move(week));
  }
  if (key.kind == FactKind::kPerson) document.insert_or_assign("person", key.key);
  return document;
}

// Takes out of `list` what has this key, and puts what `with` holds there, one thing or none.
template <typename List, typename KeyOf>
void Replace(FactKind kind, const FactKey& key, List& with, KeyOf key_of, List& list) {
  if (key.kind != kind) return;
  const auto there = std::find_if(list.begin(), list.end(),
                                  [&](const auto& each) { return key_of(each) == key.key; });
  if (there == list.end()) {
    if (!with.empty()) list.push_back(std::move(with.front()));
  } else if (with.empty()) {
    list.erase(there);
  } else {
    list[static_cast<size_t>(std::distance(list.begin(), there))] = std::move(with.front());
  }
}

const std::string& PersonKey(const Person& person) { return person.person; }
const std::string& ScheduleKey(const Schedule& schedule) { return schedule.section; }

// Takes the things of a list that are touched out of `school`, each into the school of its key.
template <typename List, typename KeyOf>
void TakeOut(FactKind kind, KeyOf key_of, List School::*list, School& school,
             std::map<FactKey, School>& touched) {
  if (touched.empty()) return;
  using std::erase_if;
  erase_if(school.*list, [&](const auto& each) {
    const auto there = touched.find(FactKey{kind, std::string(key_of(each))});
    if (there == touched.end()) return false;
    (there->second.*list).push_back(each);
    return true;
  });
}

bool IsPresent(const FactFields& fields) {
  const auto present = fields.find(kPresent);
  return present != fields.end() && present->second == "true";
}

// What has to be said of one kind of thing.
template <typename List, typename KeyOf>
void AddChanges(FactKind kind, const List& before, const List& after, KeyOf key_of,
                std::map<FactKey, FactFields>& out) {
  using T = typename List::value_type;
  std::map<std::string, const T*> known;
  for (const T& each : before) known.emplace(key_of(each), &each);
  for (const T& each : after) {
    const auto there = known.find(key_of(each));
    if (there == known.end()) {
      out.emplace(FactKey{kind, std::string(key_of(each))}, FieldsOf(each));
      continue;
    }
    const T& was = *there->second;
    known.erase(there);
    if (&was == &each || was == each) continue;
    FactFields fields = FieldsOf(each);
    for (const auto& [name, value] : FieldsOf(was)) {
      const auto now = fields.find(name);
      if (now == fields.end()) {
        fields.emplace(name, "null");
      } else if (now->second == value) {
        fields.erase(now);
      }
    }
    out.emplace(FactKey{kind, std::string(key_of(each))}, std::move(fields));
  }
  for (const auto& [key, gone] : known) {
    out.emplace(FactKey{kind, key}, FactFields{{std::string(kPresent), "false"}});
  }
}

}  // namespace

std::string_view ToString(FactKind kind) {
  switch (kind) {
    case FactKind::kPerson:
      return "person";
    case FactKind::kSchedule:
      return "schedule";
    case FactKind::kCalendar:
      return "calendar";
    case FactKind::kSetting:
      return "setting";
  }
  return "person";
}

Result<FactKind> FactKindFrom(std::string_view text) {
  for (const FactKind kind :
       {FactKind::kPerson, FactKind::kSchedule, FactKind::kCalendar, FactKind::kSetting}) {
    if (ToString(kind) == text) return kind;
  }
  return Error{ErrorCode::kRejected, "read a change of the school", 0,
               "its kind is none of person, schedule, calendar, setting"};
}

std::string CalendarKey(const CalendarEntry& entry) {
  return fmt::format("{}|{}|{}|{}|{}", ToString(entry.kind), entry.first_day, entry.last_day,
                     entry.section, entry.reason);
}

FactFields FieldsOf(const Person& person) {
  json::object document = ToJson(person);
  document.erase("person");
  FactFields fields;
  AddTogether(fields, kCard, kCardKeys, document);
  AddTogether(fields, kName, kNameKeys, document);
  fields.merge(FieldsOfDocument(document));
  return fields;
}

FactFields FieldsOf(const Schedule& schedule) {
  json::object document = ToJson(schedule);
  document.erase("section");
  const json::value* const week = document.if_contains(kWeek);
  json::object hours = week != nullptr && week->is_object() ? week->get_object() : json::object();
  document.erase(kWeek);
  for (int day = 0; day < 7; ++day) {
    const json::value* const there = hours.if_contains(WeekdayName(day));
    document.emplace(WeekdayName(day), there == nullptr ? json::value() : *there);
  }
  return FieldsOfDocument(document);
}

FactFields FieldsOf(const CalendarEntry& entry) {
  return FieldsOfDocument({{kEntry, ToJson(entry)}});
}

FactFields FieldsOfSetting(const std::string& value) { return FieldsOfDocument({{kValue, value}}); }

Result<> AddFact(const FactKey& key, const FactFields& fields, School& school) {
  if (!IsPresent(fields)) return {};
  switch (key.kind) {
    case FactKind::kPerson: {
      TAMTAP_TRY(const json::object document, DocumentOf(key, fields));
      const Role role = RoleFrom(TextAt(document, kRole)).value_or(Role::kStudent);
      TAMTAP_TRY(Person person, PersonFromJson(document, role));
      school.people.push_back(std::move(person));
      return {};
    }
    case FactKind::kSchedule: {
      TAMTAP_TRY(const json::object document, DocumentOf(key, fields));
      TAMTAP_TRY(Schedule schedule, ScheduleFromJson(document));
      school.schedules.push_back(std::move(schedule));
      return {};
    }
    case FactKind::kCalendar: {
      const auto text = fields.find(kEntry);
      const auto value = text == fields.end() ? std::nullopt : Parsed(text->second);
      if (!value) return Refused(key, "it has no entry");
      TAMTAP_TRY(CalendarEntry entry, CalendarEntryFromJson(*value));
      if (CalendarKey(entry) != key.key) return Refused(key, "its key is another entry's");
      school.calendar.push_back(std::move(entry));
      return {};
    }
    case FactKind::kSetting: {
      const auto text = fields.find(kValue);
      const auto value = text == fields.end() ? std::nullopt : Parsed(text->second);
      if (!value || !value->is_string()) return Refused(key, "its value is no text");
      school.settings.insert_or_assign(key.key, std::string(value->get_string()));
      return {};
    }
  }
  return {};
}

Result<> PutFact(const FactKey& key, const FactFields& fields, School& school) {
  School alone;
  TAMTAP_RETURN_IF_ERROR(AddFact(key, fields, alone));
  Replace(FactKind::kPerson, key, alone.people, PersonKey, school.people);
  Replace(FactKind::kSchedule, key, alone.schedules, ScheduleKey, school.schedules);
  Replace(FactKind::kCalendar, key, alone.calendar, CalendarKey, school.calendar);
  if (key.kind == FactKind::kSetting) school.settings.erase(key.key);
  school.settings.merge(alone.settings);
  return {};
}

FactFields FindFact(const FactKey& key, const School& school) {
  const auto find = [&key](const auto& list, auto key_of) -> FactFields {
    for (const auto& each : list) {
      if (key_of(each) == key.key) return FieldsOf(each);
    }
    return {};
  };
  switch (key.kind) {
    case FactKind::kPerson:
      return find(school.people, PersonKey);
    case FactKind::kSchedule:
      return find(school.schedules, ScheduleKey);
    case FactKind::kCalendar:
      return find(school.calendar, CalendarKey);
    case FactKind::kSetting: {
      const auto there = school.settings.find(key.key);
      return there == school.settings.end() ? FactFields() : FieldsOfSetting(there->second);
    }
  }
  return {};
}

namespace {

// Without their ids.
std::vector<SchoolChange> Differences(const School& before, const School& after, const Said& said) {
  std::map<FactKey, FactFields> different;
  AddChanges(FactKind::kPerson, before.people, after.people, PersonKey, different);
  AddChanges(FactKind::kSchedule, before.schedules, after.schedules, ScheduleKey, different);
  AddChanges(FactKind::kCalendar, before.calendar, after.calendar, CalendarKey, different);
  for (const auto& [key, value] : after.settings) {
    const auto there = before.settings.find(key);
    if (there != before.settings.end() && there->second == value) continue;
    different.emplace(FactKey{FactKind::kSetting, key}, FieldsOfSetting(value));
  }
  for (const auto& [key, value] : before.settings) {
    if (after.settings.contains(key)) continue;
    different.emplace(FactKey{FactKind::kSetting, key},
                      FactFields{{std::string(kPresent), "false"}});
  }
  std::vector<SchoolChange> changes;
  changes.reserve(different.size());
  for (auto& [key, fields] : different) {
    changes.push_back({{}, key, std::move(fields), said});
  }
  return changes;
}

}  // namespace

std::vector<SchoolChange> ChangesBetween(const School& before, const School& after,
                                         const Said& said, Random& random) {
  auto changes = Differences(before, after, said);
  for (SchoolChange& change : changes) change.id = random.Hex(kIdBytes);
  return changes;
}

std::vector<SchoolChange> ChangesByContent(const School& before, const School& after,
                                           const Said& said) {
  auto changes = Differences(before, after, said);
  for (SchoolChange& change : changes) change.id = ContentId(change);
  return changes;
}

std::string ContentId(const SchoolChange& change) {
  json::object content = ToJson(change);
  content.erase("id");
  return Sha256Hex(json::serialize(content)).substr(0, 2 * kIdBytes);
}

// Each thing that is touched stands in a school of its own meanwhile: to look through all people
// for each change would take minutes where many were said.
void Overlay(std::span<const SchoolChange> changes, School& school) {
  std::map<FactKey, School> touched;
  for (const SchoolChange& change : changes) touched[change.fact];
  TakeOut(FactKind::kPerson, PersonKey, &School::people, school, touched);
  TakeOut(FactKind::kSchedule, ScheduleKey, &School::schedules, school, touched);
  TakeOut(FactKind::kCalendar, CalendarKey, &School::calendar, school, touched);
  for (auto& [key, alone] : touched) {
    const auto there =
        key.kind == FactKind::kSetting ? school.settings.find(key.key) : school.settings.end();
    if (there != school.settings.end()) alone.settings.insert(school.settings.extract(there));
  }
  for (const SchoolChange& change : changes) {
    School& alone = touched[change.fact];
    FactFields fields = FindFact(change.fact, alone);
    for (const auto& [name, value] : change.fields) fields.insert_or_assign(name, value);
    // What is no such thing is the master's to refuse.
    if (const auto put = PutFact(change.fact, fields, alone); !put) continue;
  }
  for (auto& [key, alone] : touched) {
    school.people.Append(std::move(alone.people));
    for (Schedule& each : alone.schedules) school.schedules.push_back(std::move(each));
    for (CalendarEntry& each : alone.calendar) school.calendar.push_back(std::move(each));
    school.settings.merge(alone.settings);
  }
  Sort(school);
}

void Sort(School& school) {
  school.people.Sort();
  std::sort(school.schedules.begin(), school.schedules.end(),
            [](const Schedule& a, const Schedule& b) { return a.section < b.section; });
  std::sort(school.calendar.begin(), school.calendar.end(),
            [](const CalendarEntry& a, const CalendarEntry& b) {
              return std::tie(a.first_day, a.last_day, a.section, a.kind, a.reason) <
                     std::tie(b.first_day, b.last_day, b.section, b.kind, b.reason);
            });
}

json::object ToJson(const SchoolChange& change) {
  json::object fields;
  for (const auto& [name, text] : change.fields) {
    fields.emplace(name, Parsed(text).value_or(json::value()));
  }
  return {{"id", change.id},
          {"kind", ToString(change.fact.kind)},
          {"key", change.fact.key},
          {"fields", std::move(fields)},
          {"at_us", change.said.at_us},
          {"by", change.said.by}};
}

Result<SchoolChange> SchoolChangeFromJson(const json::value& value) {
  const auto refused = [](std::string_view why) {
    return Error{ErrorCode::kRejected, "read a change of the school", 0, std::string(why)};
  };
  const json::object* const object = value.if_object();
  if (object == nullptr) return refused("it is no JSON object");
  SchoolChange change;
  change.id = TextAt(*object, "id");
  if (change.id.empty() || change.id.size() > kLongestId) {
    return refused(fmt::format("its id has not 1 to {} bytes", kLongestId));
  }
  TAMTAP_TRY(change.fact.kind, FactKindFrom(TextAt(*object, "kind")));
  change.fact.key = TextAt(*object, "key");
  if (change.fact.key.empty() || change.fact.key.size() > kLongestKey) {
    return refused(fmt::format("its key has not 1 to {} bytes", kLongestKey));
  }
  const json::value* const fields = object->if_contains("fields");
  if (fields == nullptr || !fields->is_object() || fields->get_object().empty() ||
      fields->get_object().size() > kMostFields) {
    return refused(fmt::format("it has not 1 to {} fields", kMostFields));
  }
  for (const auto& [name, held] : fields->get_object()) {
    std::string text = json::serialize(held);
    if (text.size() > kLongestField) {
      return refused(fmt::format("its field '{}' has more than {} bytes",
                                 std::string_view(name).substr(0, 64), kLongestField));
    }
    change.fields.emplace(name, std::move(text));
  }
  const json::value* const at = object->if_contains("at_us");
  if (at == nullptr || !at->is_int64() || at->get_int64() < 0) {
    return refused("it does not say when it was said");
  }
  change.said = {at->get_int64(), TextAt(*object, "by")};
  return change;
}

}  // namespace tamtap
