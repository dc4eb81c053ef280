#include "school/update.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "tap/json_fields.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

const std::string& KeyOf(const Person& person) { return person.person; }
const std::string& KeyOf(const Schedule& schedule) { return schedule.section; }
std::string KeyOf(const CalendarEntry& entry) { return CalendarKey(entry); }

// Puts a thing of another list into this one. People are held once.
void Add(People::const_iterator person, People& list) { list.push_back(person.shared()); }
template <typename Iterator, typename T>
void Add(Iterator each, std::vector<T>& list) {
  list.push_back(*each);
}

// What is in `changed` takes the place of what has its key; what is `gone` goes.
template <typename List>
void Merge(List changed, const std::set<std::string>& gone, List& list) {
  std::set<std::string> out = gone;
  for (const auto& each : changed) out.insert(KeyOf(each));
  using std::erase_if;
  erase_if(list, [&out](const auto& each) { return out.contains(KeyOf(each)); });
  for (auto each = changed.begin(); each != changed.end(); ++each) Add(each, list);
}

template <typename List>
void AddDifference(FactKind kind, const List& before, const List& after, List& changed,
                   std::vector<FactKey>& gone) {
  using T = typename List::value_type;
  std::map<std::string, const T*> left;
  for (const T& each : before) left.emplace(KeyOf(each), &each);
  for (auto each = after.begin(); each != after.end(); ++each) {
    const auto was = left.find(std::string(KeyOf(*each)));
    const bool same = was != left.end() && (was->second == &*each || *was->second == *each);
    if (!same) Add(each, changed);
    if (was != left.end()) left.erase(was);
  }
  for (const auto& [key, each] : left) gone.push_back({kind, key});
}

bool Flag(const json::object& object, std::string_view key, bool missing) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr || !value->is_bool() ? missing : value->get_bool();
}

Error Unreadable(std::string why) {
  return Error{ErrorCode::kRejected, "read the school of the master", 0, std::move(why)};
}

Result<size_t> NumberAt(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr) return size_t{0};
  boost::system::error_code failed;
  const auto number = value->to_number<size_t>(failed);
  if (failed) return Unreadable(std::string(key) + " is no number");
  return number;
}

// Whether somebody stands in it, readable or not.
bool NamesPeople(const json::object& object) {
  for (const std::string_view key : {"students", "teachers"}) {
    const json::value* const list = object.if_contains(key);
    if (list != nullptr && list->is_array() && !list->get_array().empty()) return true;
  }
  return false;
}

}  // namespace

void Apply(SchoolUpdate update, School& school) {
  if (update.whole) {
    school = std::move(update.school);
    Sort(school);
    return;
  }
  std::map<FactKind, std::set<std::string>> gone;
  for (FactKey& each : update.gone) gone[each.kind].insert(std::move(each.key));
  Merge(std::move(update.school.people), gone[FactKind::kPerson], school.people);
  Merge(std::move(update.school.schedules), gone[FactKind::kSchedule], school.schedules);
  Merge(std::move(update.school.calendar), gone[FactKind::kCalendar], school.calendar);
  for (const std::string& key : gone[FactKind::kSetting]) school.settings.erase(key);
  for (auto& [key, value] : update.school.settings) {
    school.settings.insert_or_assign(key, std::move(value));
  }
  Sort(school);
}

SchoolUpdate Difference(const School& before, const School& after, std::string version) {
  SchoolUpdate update;
  update.version = std::move(version);
  update.whole = false;
  AddDifference(FactKind::kPerson, before.people, after.people, update.school.people, update.gone);
  AddDifference(FactKind::kSchedule, before.schedules, after.schedules, update.school.schedules,
                update.gone);
  AddDifference(FactKind::kCalendar, before.calendar, after.calendar, update.school.calendar,
                update.gone);
  for (const auto& [key, value] : after.settings) {
    const auto was = before.settings.find(key);
    if (was == before.settings.end() || was->second != value) {
      update.school.settings.emplace(key, value);
    }
  }
  for (const auto& [key, value] : before.settings) {
    if (!after.settings.contains(key)) update.gone.push_back({FactKind::kSetting, key});
  }
  return update;
}

json::object ToJson(const SchoolUpdate& update) {
  json::object object = ToJson(update.school);
  object.emplace("version", update.version);
  object.emplace("whole", update.whole);
  object.emplace("told", update.told);
  json::array gone;
  for (const FactKey& each : update.gone) {
    gone.push_back({{"kind", ToString(each.kind)}, {"key", each.key}});
  }
  object.emplace("gone", std::move(gone));
  if (update.from > 0 || update.next > 0) {
    object.emplace("from", update.from);
    object.emplace("next", update.next);
  }
  return object;
}

Result<SchoolUpdate> SchoolUpdateFromJson(const json::value& value, std::string_view where) {
  const json::object* const object = value.if_object();
  if (object == nullptr) return Unreadable("it is no JSON object");
  SchoolUpdate update;
  update.version = TextAt(*object, "version");
  // The whole of it or nothing: with half a roster, half the school would be turned away.
  if (update.version.empty() || !object->contains("students")) {
    return Unreadable("a school without version or students");
  }
  update.whole = Flag(*object, "whole", true);
  update.told = Flag(*object, "told", true);
  TAMTAP_TRY(update.from, NumberAt(*object, "from"));
  TAMTAP_TRY(update.next, NumberAt(*object, "next"));
  TAMTAP_TRY(update.school, SchoolFromJson(value, where));
  // Of a whole school; one row that can't be read is all that a difference or a slice may have.
  const bool all = update.whole && update.from == 0 && update.next == 0;
  if (all && update.school.people.empty() && NamesPeople(*object)) {
    return Unreadable("nobody in it can be read");
  }
  const json::value* const gone = object->if_contains("gone");
  if (gone == nullptr) return update;
  if (!gone->is_array()) return Unreadable("'gone' is no list");
  for (const json::value& each : gone->get_array()) {
    if (!each.is_object()) return Unreadable("'gone' holds something that is no key");
    FactKey key;
    TAMTAP_TRY(key.kind, FactKindFrom(TextAt(each.get_object(), "kind")));
    key.key = TextAt(each.get_object(), "key");
    update.gone.push_back(std::move(key));
  }
  return update;
}

}  // namespace tamtap
