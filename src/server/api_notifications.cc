// Who has not tapped yet, and the marks that existing pages make of it: of today, by the words of
// their requests. api_marks.cc does the work.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "server/api_server.h"
#include "server/json_response.h"
#include "server/visible_sections.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr std::string_view kReasons[] = {"Medical", "Family Emergency", "School Activity",
                                         "Weather", "Transportation",   "Other"};

json::array ReasonList() {
  json::array list;
  for (const std::string_view reason : kReasons) list.emplace_back(reason);
  return list;
}

}  // namespace

// Students of class days of whom nothing is known on that day, by their section.
Result<std::map<std::string, std::vector<const Person*>>> ApiServer::PendingOf(
    const Call& call, const Roster& roster, const std::string& day) {
  const auto sections = AskedSections(call.request);
  const std::string grade = call.request.Query("grade");
  TAMTAP_TRY(const auto attendance,
             store_.FindAttendance({day, day, VisibleSections(call.caller, sections), {}}));
  std::set<std::string_view> recorded;
  for (const Attendance& each : attendance) {
    recorded.insert(each.arrival.person);
    const Person* const owner = roster.WhoseIs(each.arrival);
    if (owner != nullptr) recorded.insert(owner->person);
  }
  std::map<std::string, bool> has_classes;
  std::map<std::string, std::vector<const Person*>> pending;
  for (const Person& person : roster.school().people) {
    if (person.role != Role::kStudent || !call.caller.Sees(person.section)) continue;
    const bool asked = sections.empty() || std::find(sections.begin(), sections.end(),
                                                     person.section) != sections.end();
    if (!asked || (!grade.empty() && person.grade != grade)) continue;
    if (recorded.contains(person.person)) continue;
    const auto [classes, fresh] = has_classes.emplace(person.section, false);
    if (fresh) classes->second = roster.DayFor(person.section, day).has_classes;
    if (classes->second) pending[person.section].push_back(&person);
  }
  return pending;
}

http::Response ApiServer::Pending(const Call& call, bool count_alone) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  std::string day = call.request.Query("date");
  if (day.empty()) day = Today();
  if (!IsDay(day)) return JsonError(400, "dates read YYYY-MM-DD");
  const auto pending = PendingOf(call, *school->roster, day);
  if (!pending) return JsonError(pending.error());
  size_t count = 0;
  json::array data;
  for (const auto& [section, people] : *pending) {
    count += people.size();
    json::array students;
    for (const Person* const person : people) {
      students.push_back({{"nfc_id", person->NfcId()},
                          {"tamtap_id", person->tamtap_id},
                          {"name", person->name},
                          {"grade", person->grade}});
    }
    data.push_back(
        {{"section", section}, {"count", people.size()}, {"students", std::move(students)}});
  }
  json::object body{{"date", day}, {"count", count}};
  if (count_alone) return JsonOk(std::move(body));
  body.emplace("sections", data.size());
  body.emplace("data", std::move(data));
  return JsonOk(std::move(body));
}

http::Response ApiServer::MarkByNotice(const Call& call, Status status) {
  const json::object body = JsonBody(call.request);
  const std::string card = TextOrNumberAt(body, "nfc_id");
  if (card.empty()) return JsonError(400, "give the nfc_id of the student");
  json::object said{{"status", ToString(status)}, {"note", TextAt(body, "note")}};
  if (status == Status::kExcused) {
    const std::string reason = TextAt(body, "reason");
    if (std::find(std::begin(kReasons), std::end(kReasons), reason) == std::end(kReasons)) {
      return JsonProblem(400, "give one of the reasons", {{"valid_reasons", ReasonList()}});
    }
    said.emplace("reason", reason);
  }
  const auto words = MarkWordsOf(call, said);
  if (!words) return JsonError(words.error());
  const std::string today = Today();
  return WithStudent(call, card, [&](const Person& person, const Roster&) {
    const auto known = store_.FindAttendance({today, today, std::nullopt, person.person});
    if (!known) return JsonError(known.error());
    if (!known->empty() && status == Status::kAbsent) {
      const Status now = known->front().arrival.status;
      return JsonProblem(409, "something is known of that student's day already",
                         {{"current_status", ToString(now)}});
    }
    http::Response response = StoreMark(call, MakeMark(person, today, *words, clock_.Now(), zone_));
    if (response.status != 200) return response;
    const auto now = store_.FindAttendance({today, today, std::nullopt, person.person});
    // A tap wins: who has tapped is shown as they came.
    const Status holds = now && !now->empty() ? now->front().arrival.status : words->status;
    return JsonOk({{"message", fmt::format("{} is marked {}", person.name, ToString(status))},
                   {"data",
                    {{"nfc_id", person.NfcId()},
                     {"name", person.name},
                     {"status", ToString(holds)},
                     {"reason", words->reason},
                     {"marked_by", words->staff_name}}}});
  });
}

http::Response ApiServer::MarkPendingAbsent(const Call& call) {
  const json::object body = JsonBody(call.request);
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const std::string today = Today();
  const auto words = MarkWordsOf(call, {{"status", "absent"}});
  if (!words) return JsonError(words.error());
  const auto pending = PendingOf(call, *school->roster, today);
  if (!pending) return JsonError(pending.error());
  const std::string section = TextAt(body, "section");
  std::vector<Record> marks;
  for (const auto& [name, people] : *pending) {
    if (!section.empty() && section != "all" && name != section) continue;
    for (const Person* const person : people) {
      marks.push_back(MakeMark(*person, today, *words, clock_.Now(), zone_));
    }
  }
  return StoreMarks(call, today, marks, {});
}

void ApiServer::AddNotificationRoutes() {
  router_.Add("GET", "/api/notifications/pending", Access::kAccount,
              [this](const Call& call) { return Pending(call, /*count_alone=*/false); });
  router_.Add("GET", "/api/notifications/count", Access::kAccount,
              [this](const Call& call) { return Pending(call, /*count_alone=*/true); });
  router_.Add("GET", "/api/notifications/reasons", Access::kAccount, [](const Call&) {
    return JsonOk({{"reasons", ReasonList()}});
  });
  router_.Add("POST", "/api/notifications/mark-excused", Access::kAccount,
              [this](const Call& call) { return MarkByNotice(call, Status::kExcused); });
  router_.Add("POST", "/api/notifications/mark-absent", Access::kAccount,
              [this](const Call& call) { return MarkByNotice(call, Status::kAbsent); });
  router_.Add("POST", "/api/notifications/bulk-absent", Access::kAccount,
              [this](const Call& call) { return MarkPendingAbsent(call); });
}

}  // namespace tamtap
