#include "tap/school_json.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/text.h"
#include "base/unreadable.h"
#include "tap/json_fields.h"
#include "tap/person_cards.h"
#include "tap/record.h"
#include "tap/school_time.h"
#include "tap/time_of_day.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kDayMinutes = 24 * 60;
constexpr int kUsualLength = 10 * 60;  // of classes whose end an existing database does not hold
constexpr std::string_view kWeekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                          "friday", "saturday", "sunday"};

constexpr size_t kWorkdays = 5;
constexpr size_t kLrnDigits = 12;

// Whether that field says nothing: it is not there, null, or an empty text.
bool IsMissing(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr || value->is_null() ||
         (value->is_string() && value->get_string().empty());
}

Error Refused(std::string_view what, std::string_view field) {
  return Error{ErrorCode::kRejected, fmt::format("read a {}: field '{}'", what, field), 0,
               "it is missing, or not what it should be"};
}

// Existing databases hold times as somebody typed them once. -1: it is none at which classes start.
int StartFrom(std::string_view text) {
  const int minutes = TimeFrom(text).value_or(-1);
  return minutes == kDayMinutes ? -1 : minutes;
}

int MinutesOf(const json::object& object, std::string_view key, int missing) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return missing;
  boost::system::error_code failed;
  const int minutes = value->to_number<int>(failed);
  return failed || minutes < 0 ? missing : minutes;
}

// A row that can't be read is left out, and said.
template <typename List, typename Read>
Result<> ReadAll(const json::object& object, std::string_view key, std::string_view where,
                 List& out, Read read) {
  const json::value* const list = object.if_contains(key);
  if (list == nullptr) return {};
  if (!list->is_array()) return Refused("school", key);
  size_t index = 0;
  for (const json::value& each : list->get_array()) {
    auto value = read(each);
    if (value) {
      out.push_back(*std::move(value));
    } else {
      NoteUnreadable(fmt::format("{}[{}] of {}", key, index, where), value.error());
    }
    ++index;
  }
  return {};
}

Result<std::vector<CardId>> ReplacedCardsOf(const json::object& person) {
  std::vector<CardId> cards;
  const json::value* const list = person.if_contains("replaced_cards");
  if (list == nullptr || list->is_null()) return cards;
  if (!list->is_array()) return Refused("person", "replaced_cards");
  for (const json::value& each : list->get_array()) {
    auto card = each.is_string() ? CardId::Parse(each.get_string())
                                 : Result<CardId>(Refused("person", "replaced_cards"));
    if (!card) return Refused("person", "replaced_cards");
    cards.push_back(*std::move(card));
  }
  return cards;
}

}  // namespace

std::string_view ToString(CalendarKind kind) {
  switch (kind) {
    case CalendarKind::kSuspension:
      return "suspension";
    case CalendarKind::kNoClass:
      return "no-class";
    case CalendarKind::kSaturdayMakeup:
      return "saturday-makeup";
  }
  return "suspension";
}

std::optional<CalendarKind> CalendarKindFrom(std::string_view text) {
  for (const CalendarKind kind :
       {CalendarKind::kSuspension, CalendarKind::kNoClass, CalendarKind::kSaturdayMakeup}) {
    if (ToString(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string SexFrom(std::string_view text) {
  const std::string lower = LowerAscii(TrimSpace(text));
  for (const std::string_view word : {"m", "male", "boy", "lalaki"}) {
    if (lower == word) return "M";
  }
  for (const std::string_view word : {"f", "female", "girl", "babae"}) {
    if (lower == word) return "F";
  }
  return {};
}

bool IsLrn(std::string_view text) {
  return text.size() == kLrnDigits &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view WeekdayName(int weekday) { return kWeekdays[weekday]; }

std::string ClockText(int minutes) {
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::string EndText(const ClassHours& hours) {
  return ClockText(hours.end > kDayMinutes ? hours.end - kDayMinutes : hours.end);
}

json::object ToJson(const Person& person) {
  json::object object{{"nfc_id", person.NfcId()},        {"card", person.card.text()},
                      {"tamtap_id", person.tamtap_id},   {"name", person.name},
                      {"first_name", person.first_name}, {"last_name", person.last_name},
                      {"email", person.email},           {"role", ToString(person.role)},
                      {"grade", person.grade},           {"section", person.section},
                      {"registered", person.registered}, {"person", person.person}};
  if (!person.sex.empty()) object.emplace("sex", person.sex);
  if (!person.lrn.empty()) object.emplace("lrn", person.lrn);
  if (!person.replaced_cards.empty()) {
    json::array replaced;
    for (const CardId& card : person.replaced_cards) replaced.emplace_back(card.text());
    object.emplace("replaced_cards", std::move(replaced));
  }
  return object;
}

json::object ToJson(const Schedule& schedule) {
  json::object week;
  for (size_t day = 0; day < schedule.week.size(); ++day) {
    if (const auto& hours = schedule.week[day]) {
      week.emplace(kWeekdays[day],
                   json::object{{"start", ClockText(hours->start)}, {"end", EndText(*hours)}});
    }
  }
  return {{"section", schedule.section},
          {"grade", schedule.grade},
          {"adviser_id", schedule.adviser_id},
          {"weekly_schedule", std::move(week)},
          {"grace_period_minutes", schedule.grace_period_minutes},
          {"absent_threshold_minutes", schedule.absent_threshold_minutes}};
}

json::object ToJson(const CalendarEntry& entry) {
  json::object object{{"type", ToString(entry.kind)}};
  if (entry.first_day == entry.last_day) {
    object.emplace("date", entry.first_day);
  } else {
    object.emplace("startDate", entry.first_day);
    object.emplace("endDate", entry.last_day);
  }
  object.emplace("section", entry.section);
  object.emplace("reason", entry.reason);
  return object;
}

json::object ToJson(const School& school) {
  json::array students;
  json::array teachers;
  for (const Person& person : school.people) {
    (person.role == Role::kTeacher ? teachers : students).push_back(ToJson(person));
  }
  json::array schedules;
  for (const Schedule& schedule : school.schedules) schedules.push_back(ToJson(schedule));
  json::array calendar;
  for (const CalendarEntry& entry : school.calendar) calendar.push_back(ToJson(entry));
  json::array settings;
  for (const auto& [key, value] : school.settings) {
    settings.push_back({{"key", key}, {"value", value}});
  }
  return {{"students", std::move(students)},
          {"teachers", std::move(teachers)},
          {"schedules", std::move(schedules)},
          {"calendar", std::move(calendar)},
          {"settings", std::move(settings)}};
}

Result<Person> PersonFromJson(const json::value& value, Role role) {
  if (!value.is_object()) return Refused("person", "");
  const json::object& object = value.get_object();
  Person person;
  // `uid` is what the oldest databases have in its place. `card` only our own programs write.
  std::string spelled = TextOrNumberAt(object, "nfc_id");
  if (spelled.empty()) spelled = TextOrNumberAt(object, "uid");
  if (TrimSpace(spelled).empty() || spelled.size() > kMostFieldBytes) {
    return Refused("person", "nfc_id");
  }
  CardId card;
  if (const std::string uid = TextOrNumberAt(object, "card"); !uid.empty()) {
    auto parsed = CardId::FromHex(uid);
    if (!parsed) return Refused("person", "card");
    card = *std::move(parsed);
  }
  SpellCard(spelled, card, person);
  TAMTAP_TRY(person.replaced_cards, ReplacedCardsOf(object));
  person.person = TextOrNumberAt(object, "person");
  if (person.person.empty()) person.person = PersonKeyOf(spelled);
  if (!IsPersonKey(person.person)) return Refused("person", "person");
  person.tamtap_id = TextOrNumberAt(object, "tamtap_id");
  person.first_name = TextOrNumberAt(object, "first_name");
  person.last_name = TextOrNumberAt(object, "last_name");
  person.name = TextOrNumberAt(object, "name");
  if (person.name.empty()) person.name = person.first_name + " " + person.last_name;
  person.email = TextOrNumberAt(object, "email");
  person.role = role;
  person.grade = TextOrNumberAt(object, "grade");
  person.section = TextOrNumberAt(object, "section");
  person.registered = TextOrNumberAt(object, "registered");
  person.sex = SexFrom(TextAt(object, "sex"));
  person.lrn = TextOrNumberAt(object, "lrn");
  if (!IsLrn(person.lrn)) person.lrn.clear();
  return person;
}

Result<Schedule> ScheduleFromJson(const json::value& value) {
  if (!value.is_object()) return Refused("schedule", "");
  const json::object& object = value.get_object();
  Schedule schedule;
  schedule.section = TextOrNumberAt(object, "section");
  if (schedule.section.empty()) return Refused("schedule", "section");
  schedule.grade = TextOrNumberAt(object, "grade");
  schedule.adviser_id = TextOrNumberAt(object, "adviser_id");
  schedule.grace_period_minutes = MinutesOf(object, "grace_period_minutes", 20);
  schedule.absent_threshold_minutes = MinutesOf(object, "absent_threshold_minutes", 60);
  const json::value* const week = object.if_contains("weekly_schedule");
  if (week == nullptr || !week->is_object()) {
    // Older documents know one time for every weekday.
    if (IsMissing(object, "time_in")) return schedule;
    const int start = StartFrom(TextOrNumberAt(object, "time_in"));
    if (start < 0) return Refused("schedule", "time_in");
    for (size_t day = 0; day < kWorkdays; ++day) {
      schedule.week[day] = ClassHours{start, start + kUsualLength};
    }
    return schedule;
  }
  for (size_t day = 0; day < schedule.week.size(); ++day) {
    const json::value* const hours = week->get_object().if_contains(kWeekdays[day]);
    if (hours == nullptr || !hours->is_object()) continue;
    const std::string start = TextOrNumberAt(hours->get_object(), "start");
    const std::string end = TextOrNumberAt(hours->get_object(), "end");
    if (start.empty() && end.empty()) continue;  // existing databases hold null for both
    ClassHours read{StartFrom(start), TimeFrom(end).value_or(-1)};
    if (end.empty()) read.end = read.start + kUsualLength;
    if (read.start < 0 || read.end < 0 || read.end == read.start) {
      return Refused("schedule", kWeekdays[day]);
    }
    if (read.end < read.start) read.end += kDayMinutes;  // on the next day
    schedule.week[day] = read;
  }
  return schedule;
}

Result<CalendarEntry> CalendarEntryFromJson(const json::value& value) {
  if (!value.is_object()) return Refused("calendar entry", "");
  const json::object& object = value.get_object();
  CalendarEntry entry;
  const auto kind = CalendarKindFrom(TextOrNumberAt(object, "type"));
  if (!kind) return Refused("calendar entry", "type");
  entry.kind = *kind;
  entry.first_day = TextOrNumberAt(object, "startDate");
  if (entry.first_day.empty()) entry.first_day = TextOrNumberAt(object, "date");
  entry.last_day = TextOrNumberAt(object, "endDate");
  if (entry.last_day.empty()) entry.last_day = entry.first_day;
  if (!IsDay(entry.first_day)) return Refused("calendar entry", "date");
  if (!IsDay(entry.last_day) || entry.last_day < entry.first_day) {
    return Refused("calendar entry", "endDate");
  }
  entry.section = TextOrNumberAt(object, "section");
  entry.reason = TextOrNumberAt(object, "reason");
  return entry;
}

// Existing databases hold true, false, numbers and texts as values.
Result<std::pair<std::string, std::string>> SettingFromJson(const json::value& value) {
  if (!value.is_object()) return Refused("setting", "");
  std::string key = TextOrNumberAt(value.get_object(), "key");
  if (key.empty()) return Refused("setting", "key");
  const json::value* const held = value.get_object().if_contains("value");
  if (held == nullptr) return Refused("setting", "value");
  return std::pair(std::move(key),
                   held->is_string() ? std::string(held->get_string()) : json::serialize(*held));
}

Result<School> SchoolFromJson(const json::value& value, std::string_view where) {
  if (!value.is_object()) return Refused("school", "");
  const json::object& object = value.get_object();
  School school;
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(object, "students", where, school.people,
              [](const json::value& each) { return PersonFromJson(each, Role::kStudent); }));
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(object, "teachers", where, school.people,
              [](const json::value& each) { return PersonFromJson(each, Role::kTeacher); }));
  TAMTAP_RETURN_IF_ERROR(ReadAll(object, "schedules", where, school.schedules, ScheduleFromJson));
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(object, "calendar", where, school.calendar, CalendarEntryFromJson));
  std::vector<std::pair<std::string, std::string>> settings;
  TAMTAP_RETURN_IF_ERROR(ReadAll(object, "settings", where, settings, SettingFromJson));
  for (auto& each : settings) school.settings.insert(std::move(each));
  return school;
}

}  // namespace tamtap
