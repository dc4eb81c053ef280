#include "central/mongo_school.h"

#include <map>
#include <set>

#include "tap/json_fields.h"
#include "tap/record.h"
#include "tap/school_json.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Kind = MongoFailure::Kind;
using Object = json::object;

constexpr const char* kStudents = "students";
constexpr const char* kTeachers = "teachers";
constexpr const char* kSchedules = "schedules";
constexpr const char* kCalendar = "calendar";
constexpr int kDaysWithHours = 6;
const Object kWithoutId{{"projection", {{"_id", 0}}}, {"batchSize", 1000}};

const char* CollectionOf(Role role) { return role == Role::kTeacher ? kTeachers : kStudents; }

bool HasText(const Object& document, std::string_view key) {
  const json::value* const value = document.if_contains(key);
  return value != nullptr && value->is_string() && !value->get_string().empty();
}

// `role` is the collection's to say.
Object WithoutRole(const Person& person) {
  Object fields = ToJson(person);
  fields.erase("role");
  return fields;
}

// What has to be written so that a document which says `before` says `after`. Existing databases
// hold much in kinds of their own, such as numbers and ids, and what nobody changed stays so.
Object Differences(const Object& before, const Object& after) {
  Object changed;
  for (const auto& [key, value] : after) {
    const json::value* const was = before.if_contains(key);
    if (was == nullptr || *was != value) changed.emplace(key, value);
  }
  for (const auto& [key, value] : before) {
    if (!after.contains(key)) changed.emplace(key, nullptr);  // it says nothing any more
  }
  return changed;
}

// `person` and `card` are ours, and no document of an existing database has them.
Object Differences(const Person& before, const Person& after) {
  Object changed = Differences(WithoutRole(before), WithoutRole(after));
  changed["person"] = after.person;
  changed["card"] = after.card.text();
  return changed;
}

// Existing software looks up every day of the week but Sunday, and expects to find it.
Object WeekInFull(const Schedule& schedule) {
  Object fields = ToJson(schedule);
  Object& week = fields["weekly_schedule"].as_object();
  for (int day = 0; day < kDaysWithHours; ++day) {
    const std::string_view name = WeekdayName(day);
    if (!week.contains(name)) week.emplace(name, Object{{"start", nullptr}, {"end", nullptr}});
  }
  return fields;
}

Object DocumentOf(const Person& person) {
  Object document{{"_id", person.person}};
  for (auto& [key, value] : WithoutRole(person)) document.emplace(key, value);
  // Existing databases keep a unique index on teachers' user names, where two documents without
  // one would collide. It opens no account: there is no password.
  if (person.role == Role::kTeacher) document.emplace("username", person.person);
  return document;
}

// What can't be read back must not be written; text that is no UTF-8 foremost.
template <typename T, typename FromJson>
Result<> Check(std::string_view what, const T& value, FromJson from_json) {
  boost::system::error_code failed;
  const json::value parsed = json::parse(json::serialize(ToJson(value)), failed);
  const auto unfit = [what](std::string why) {
    return Error{ErrorCode::kRejected, "store a " + std::string(what), 0, std::move(why)};
  };
  if (failed) return unfit("it holds text that is no UTF-8");
  const auto read = from_json(parsed);
  if (!read) return unfit(read.error().Message());
  return {};
}

Result<> CheckPeople(std::span<const Person> people) {
  for (const Person& person : people) {
    TAMTAP_RETURN_IF_ERROR(Check("person", person, [&person](const json::value& value) {
      return PersonFromJson(value, person.role);
    }));
  }
  return {};
}

// Finds this very document again by its fields as they are.
Object SameFields(const Object& document, std::initializer_list<std::string_view> keys) {
  Object filter;
  for (const std::string_view key : keys) {
    const json::value* const value = document.if_contains(key);
    if (value == nullptr) {
      filter.emplace(key, Object{{"$exists", false}});
    } else {
      filter.emplace(key, *value);
    }
  }
  return filter;
}

Error CardTaken(const Person& person, const Person& owner) {
  return Error{ErrorCode::kRejected, "register " + person.name, 0,
               "card " + person.NfcId() + " belongs to " + owner.name};
}

}  // namespace

Result<School> MongoSchool::Read() {
  School school;
  TAMTAP_TRY(auto known, KnownPeople());
  for (Known& each : known) school.people.push_back(std::move(each.person));
  const auto schedules = session_.Find(kSchedules, {}, kWithoutId);
  if (!schedules) return schedules.error().ToError("read schedules");
  for (const Object& document : *schedules) {
    auto schedule = ScheduleFromJson(document);
    if (schedule) {
      school.schedules.push_back(*std::move(schedule));
    } else {
      report_(kSchedules, schedule.error().Message() + " in " + json::serialize(document));
    }
  }
  const auto calendar = session_.Find(kCalendar, {}, kWithoutId);
  if (!calendar) return calendar.error().ToError("read the calendar");
  for (const Object& document : *calendar) {
    auto entry = CalendarEntryFromJson(document);
    if (entry) {
      school.calendar.push_back(*std::move(entry));
    } else {
      report_(kCalendar, entry.error().Message() + " in " + json::serialize(document));
    }
  }
  const auto settings = session_.Find(kSettings, {}, kWithoutId);
  if (!settings) return settings.error().ToError("read the settings");
  for (const Object& document : *settings) {
    auto setting = SettingFromJson(document);
    if (setting) {
      school.settings.insert(*std::move(setting));
    } else {
      report_(kSettings, setting.error().Message() + " in " + json::serialize(document));
    }
  }
  return school;
}

Result<std::vector<MongoSchool::Known>> MongoSchool::KnownPeople() {
  std::vector<Known> people;
  for (const Role role : {Role::kStudent, Role::kTeacher}) {
    const auto found = session_.Find(CollectionOf(role), {}, kWithoutId);
    if (!found) return found.error().ToError(std::string("read ") + CollectionOf(role));
    for (const Object& document : *found) {
      // As PersonFromJson reads them: the oldest databases have `uid` in place of `nfc_id`.
      const bool is_oldest = TextOrNumberAt(document, "nfc_id").empty();
      const json::value* const card = document.if_contains(is_oldest ? "uid" : "nfc_id");
      if (card == nullptr) continue;  // an account of somebody who does not tap
      if (is_oldest && TextOrNumberAt(document, "uid").empty()) continue;  // likewise
      auto person = PersonFromJson(document, role);
      if (!person) {
        report_(CollectionOf(role), person.error().Message() + " of " + json::serialize(*card));
        continue;
      }
      Object filter = HasText(document, "person") ? Object{{"person", person->person}}
                      : is_oldest                 ? SameFields(document, {"nfc_id", "uid"})
                                                  : Object{{"nfc_id", *card}};
      people.push_back({*std::move(person), std::move(filter)});
    }
  }
  return people;
}

Result<> MongoSchool::InsertPeople(const std::vector<const Person*>& people) {
  for (const Role role : {Role::kStudent, Role::kTeacher}) {
    std::vector<Object> documents;
    for (const Person* const person : people) {
      if (person->role == role) documents.push_back(DocumentOf(*person));
    }
    const auto inserted = session_.InsertMany(CollectionOf(role), documents);
    if (!inserted) return inserted.error().ToError("register people");
    for (const auto& [index, failure] : inserted->failures) {
      return failure.ToError("register people");
    }
  }
  return {};
}

Result<> MongoSchool::PutPeople(std::span<const Person> people) {
  TAMTAP_RETURN_IF_ERROR(CheckPeople(people));
  TAMTAP_TRY(const auto known, KnownPeople());
  std::map<std::string, const Known*> known_by_person;
  for (const Known& each : known) known_by_person.emplace(each.person.person, &each);
  // Whose each card will be: nothing is written if one would be two people's.
  std::map<std::string, const Person*> owners;
  std::set<std::string> put;
  for (const Person& person : people) {
    put.insert(person.person);
    const auto [owner, added] = owners.emplace(CardKey(person), &person);
    if (!added && owner->second->person != person.person) return CardTaken(person, *owner->second);
  }
  std::map<std::string, const Person*> owned_now;
  for (const Known& each : known) {
    owned_now.emplace(CardKey(each.person), &each.person);
    const auto owner = owners.find(CardKey(each.person));
    if (owner != owners.end() && !put.contains(each.person.person)) {
      return CardTaken(*owner->second, each.person);
    }
  }

  std::vector<const Person*> added;
  for (const Role role : {Role::kStudent, Role::kTeacher}) {
    std::vector<MongoSession::BulkUpdate> set_aside;
    std::vector<MongoSession::BulkUpdate> updates;
    for (const Person& person : people) {
      if (person.role != role) continue;
      const auto there = known_by_person.find(person.person);
      if (there == known_by_person.end()) {
        added.push_back(&person);
        continue;
      }
      const Known& before = *there->second;
      if (before.person.role != role) {
        added.push_back(&person);
        continue;
      }
      const auto owner = owned_now.find(CardKey(person));
      if (owner != owned_now.end() && owner->second->person != person.person) {
        // Two people exchange cards: a unique index would refuse whichever comes first.
        set_aside.push_back(
            {before.filter,
             {{"$set", {{"person", person.person}, {"nfc_id", "-" + person.person}}}}});
        Object fields = Differences(before.person, person);
        fields["nfc_id"] = person.NfcId();
        updates.push_back({{{"person", person.person}}, {{"$set", std::move(fields)}}});
      } else {
        updates.push_back({before.filter, {{"$set", Differences(before.person, person)}}});
      }
    }
    for (const auto& round : {set_aside, updates}) {
      const auto updated = session_.UpdateMany(CollectionOf(role), round);
      if (!updated) return updated.error().ToError("change people");
      for (const auto& [index, failure] : updated->failures)
        return failure.ToError("change people");
    }
  }
  TAMTAP_RETURN_IF_ERROR(InsertPeople(added));
  // Those who changed from student to teacher, or back, are there anew: their old document goes.
  for (const Person* const person : added) {
    const auto there = known_by_person.find(person->person);
    if (there == known_by_person.end()) continue;
    const Known& before = *there->second;
    const auto removed = session_.RemoveAll(CollectionOf(before.person.role), before.filter);
    if (!removed) return removed.error().ToError("change people");
  }
  return {};
}

Result<> MongoSchool::RemovePeople(const std::set<std::string>& people) {
  if (people.empty()) return {};
  TAMTAP_TRY(const auto known, KnownPeople());
  for (const Known& each : known) {
    if (!people.contains(each.person.person)) continue;
    const auto removed = session_.RemoveAll(CollectionOf(each.person.role), each.filter);
    if (!removed) return removed.error().ToError("remove a person");
  }
  return {};
}

Result<> MongoSchool::PutSchedule(const Schedule& schedule) {
  TAMTAP_RETURN_IF_ERROR(Check("schedule", schedule, ScheduleFromJson));
  const auto found = session_.Find(kSchedules, {{"section", schedule.section}}, kWithoutId);
  if (!found) return found.error().ToError("store a schedule");
  Object fields = WeekInFull(schedule);
  if (!found->empty()) {
    const auto before = ScheduleFromJson(found->front());
    if (before) fields = Differences(WeekInFull(*before), fields);
    if (fields.empty()) return {};
  }
  const auto put = session_.UpdateOne(kSchedules, {{"section", schedule.section}},
                                      {{"$set", std::move(fields)}}, /*upsert=*/true);
  if (!put) return put.error().ToError("store a schedule");
  return {};
}

Result<> MongoSchool::RemoveSchedule(std::string_view section) {
  const auto removed = session_.RemoveAll(kSchedules, {{"section", section}});
  if (!removed) return removed.error().ToError("remove a schedule");
  return {};
}

Result<> MongoSchool::PutCalendarEntry(const CalendarEntry& entry) {
  TAMTAP_RETURN_IF_ERROR(Check("calendar entry", entry, CalendarEntryFromJson));
  const auto found = session_.Find(kCalendar, {{"type", ToString(entry.kind)}}, kWithoutId);
  if (!found) return found.error().ToError("store a calendar entry");
  for (const Object& document : *found) {
    const auto there = CalendarEntryFromJson(document);
    if (there && *there == entry) return {};
  }
  Object document{{"_id", json::serialize(ToJson(entry))}};  // once, whoever else puts it now
  for (auto& [key, value] : ToJson(entry)) document.emplace(key, value);
  if (entry.section.empty()) document["section"] = nullptr;  // as existing software has it
  const auto put = session_.Insert(kCalendar, document);
  if (!put && put.error().kind != Kind::kDuplicateKey) {
    return put.error().ToError("store a calendar entry");
  }
  return {};
}

Result<> MongoSchool::RemoveCalendarEntry(std::string_view key) {
  const auto found = session_.Find(kCalendar, {}, kWithoutId);
  if (!found) return found.error().ToError("remove a calendar entry");
  for (const Object& document : *found) {
    const auto there = CalendarEntryFromJson(document);
    if (!there || CalendarKey(*there) != key) continue;
    const auto removed = session_.RemoveAll(
        kCalendar,
        SameFields(document, {"type", "date", "startDate", "endDate", "section", "reason"}));
    if (!removed) return removed.error().ToError("remove a calendar entry");
  }
  return {};
}

// Existing software asks of some whether they are true, and reckons with others: a number stays
// one.
Result<> MongoSchool::PutSetting(const std::string& key, const std::string& value) {
  const auto found = session_.Find(kSettings, {{"key", key}}, kWithoutId);
  if (!found) return found.error().ToError("store a setting");
  const json::value* const before = found->empty() ? nullptr : found->front().if_contains("value");
  const bool was_number = before != nullptr && before->is_number();
  json::value held(value);
  boost::system::error_code failed;
  const json::value read = json::parse(value, failed);
  if (!failed && (read.is_bool() || (was_number && read.is_number()))) held = read;
  const auto put = session_.UpdateOne(kSettings, {{"key", key}},
                                      {{"$set", {{"key", key}, {"value", held}}}}, /*upsert=*/true);
  if (!put) return put.error().ToError("store a setting");
  return {};
}

}  // namespace tamtap::central
