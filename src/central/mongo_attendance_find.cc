#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "central/content.h"
#include "central/mongo_attendance.h"
#include "central/past_attendance.h"
#include "tap/json_fields.h"
#include "tap/mark.h"
#include "tap/school_time.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;

// By tapped_at_us, then tap id, as Attendance promises; the server keeps them as they came.
void SortTaps(Object& document) {
  json::value* const taps = document.if_contains("taps");
  if (taps == nullptr || !taps->is_array()) return;
  const auto key = [](const json::value& entry) {
    const Object* const object = entry.if_object();
    const json::value* const at = object ? object->if_contains("tapped_at_us") : nullptr;
    return std::pair(at != nullptr && at->is_int64() ? at->get_int64() : 0,
                     object ? TextAt(*object, "tap") : std::string());
  };
  json::array& list = taps->get_array();
  std::sort(list.begin(), list.end(),
            [&](const json::value& a, const json::value& b) { return key(a) < key(b); });
}

Object FilterOf(const AttendanceQuery& query) {
  // Documents of existing databases have no `day`, but a `date` that begins with it.
  const Object day{{"day", {{"$gte", query.first_day}, {"$lte", query.last_day}}}};
  const Object date{{"day", {{"$exists", false}}},
                    {"date", {{"$gte", query.first_day}, {"$lt", AddDays(query.last_day, 1)}}}};
  json::array conditions{Object{{"$or", json::array{day, date}}}};
  if (!query.person.empty()) {
    const Object ours{{"person", query.person}};
    const json::array ids = IdsIn(query.person);
    const Object none{{"$exists", false}};
    const Object theirs{{"person", none}, {"nfc_id", {{"$in", ids}}}};
    const Object oldest{{"person", none}, {"nfc_id", none}, {"uid", {{"$in", ids}}}};
    conditions.push_back(Object{{"$or", json::array{ours, theirs, oldest}}});
  }
  if (query.sections) {
    json::array sections;
    for (const std::string& section : *query.sections) sections.emplace_back(section);
    conditions.push_back(Object{{"section", {{"$in", sections}}}});
  }
  return {{"$and", conditions}};
}

// Whether `past`, of an existing database, says when its person came, rather than that they did
// not.
bool SaysOfArrival(const Record& past) {
  return past.status != Status::kAbsent && past.status != Status::kExcused;
}

// A person's day may be told twice: by a document of an existing database, and by ours. It is one
// attendance all the same. Both documents stay as they are; what is found is ours, with the earlier
// arrival of the two. What says that the person did not come gives way to what says when they did.
void JoinPast(std::vector<Attendance>& attendances) {
  std::vector<Attendance> joined;
  std::vector<Attendance> past;
  std::map<std::string, size_t> ours;  // by person, and by the card as both spell it
  const auto by_card = [](const Record& record) { return record.day + " " + record.NfcId(); };
  for (Attendance& each : attendances) {
    if (each.arrival.tap.empty()) {
      past.push_back(std::move(each));
    } else {
      ours.emplace(each.arrival.AttendanceId(), joined.size());
      ours.emplace(by_card(each.arrival), joined.size());
      joined.push_back(std::move(each));
    }
  }
  for (Attendance& each : past) {
    auto found = ours.find(each.arrival.AttendanceId());
    if (found == ours.end()) found = ours.find(by_card(each.arrival));
    if (found == ours.end()) {
      joined.push_back(std::move(each));
      continue;
    }
    Record& arrival = joined[found->second].arrival;
    const bool earlier = IsMark(arrival) || each.arrival.date < arrival.date;
    if (SaysOfArrival(each.arrival) && earlier) arrival = std::move(each.arrival);
  }
  attendances = std::move(joined);
}

// Whether an existing server has written a mark over a tap: it keeps no taps, and says of the
// person's one document what its staff say.
bool MayBeOverwritten(const Attendance& attendance) {
  const Record& arrival = attendance.arrival;
  return IsTapOfAGate(arrival) && !SaysOfArrival(arrival);
}

}  // namespace

json::array IdsIn(std::string_view person) {
  json::array ids;
  for (const std::string& spelling : SpellingsOf(person)) {
    ids.emplace_back(spelling);
    int64_t number = 0;
    const char* const end = spelling.data() + spelling.size();
    const auto [stop, failed] = std::from_chars(spelling.data(), end, number);
    if (failed == std::errc() && stop == end) ids.emplace_back(number);
  }
  return ids;
}

// A tap wins: what was tapped stands in the list of taps, as it was.
Result<> MongoAttendance::UndoMarksOverTaps(std::vector<Attendance>& attendances) {
  json::array ids;
  std::map<std::string, Record*> arrivals;  // by tap
  for (Attendance& each : attendances) {
    if (!MayBeOverwritten(each)) continue;
    ids.emplace_back(each.arrival.AttendanceId());
    arrivals.emplace(each.arrival.tap.ToString(), &each.arrival);
  }
  if (ids.empty()) return {};
  const auto found = session_.Find(
      kCollection, {{"_id", {{"$in", std::move(ids)}}}},
      {{"projection", {{"taps.tap", 1}, {"taps.record.status", 1}}}, {"batchSize", 1000}});
  if (!found) return found.error().ToError("find what was tapped in MongoDB");
  for (const Object& document : *found) {
    const json::value* const taps = document.if_contains("taps");
    if (taps == nullptr || !taps->is_array()) continue;
    for (const json::value& each : taps->get_array()) {
      if (!each.is_object()) continue;
      const auto arrival = arrivals.find(TextAt(each.get_object(), "tap"));
      const json::value* const record = each.get_object().if_contains("record");
      if (arrival == arrivals.end() || record == nullptr || !record->is_object()) continue;
      const auto status = StatusFrom(TextAt(record->get_object(), "status"));
      if (status) arrival->second->status = *status;
    }
  }
  return {};
}

Result<std::vector<Attendance>> MongoAttendance::Find(const AttendanceQuery& query,
                                                      size_t& unreadable) {
  if (!IsDay(query.first_day) || !IsDay(query.last_day)) {
    return Error{ErrorCode::kRejected, "find attendance: a day is no date", 0, {}};
  }
  auto found = session_.Find(kCollection, FilterOf(query),
                             {{"projection", {{"taps.record", 0}}}, {"batchSize", 1000}});
  if (!found) return found.error().ToError("find attendance in MongoDB");
  const auto rule = Rule();
  if (!rule) return rule.error().ToError("read the school's settings in MongoDB");
  std::vector<Attendance> attendances;
  attendances.reserve(found->size());
  for (Object& document : *found) {
    SortTaps(document);
    auto attendance = AttendanceFromDocument(document);
    if (!attendance) {
      ++unreadable;
      continue;
    }
    DeriveDeparture(*rule, *attendance);
    attendances.push_back(*std::move(attendance));
  }
  TAMTAP_RETURN_IF_ERROR(UndoMarksOverTaps(attendances));
  JoinPast(attendances);
  // Documents without an instant come first in their day, by their date.
  std::sort(attendances.begin(), attendances.end(), [](const Attendance& a, const Attendance& b) {
    const Record& x = a.arrival;
    const Record& y = b.arrival;
    return std::tuple(std::string_view(x.day), x.tapped_at_us,
                      x.tapped_at_us == 0 ? std::string_view(x.date) : std::string_view(),
                      x.tap.ToString()) <
           std::tuple(std::string_view(y.day), y.tapped_at_us,
                      y.tapped_at_us == 0 ? std::string_view(y.date) : std::string_view(),
                      y.tap.ToString());
  });
  return attendances;
}

}  // namespace tamtap::central
