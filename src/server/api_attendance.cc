// Attendance, as far as the caller may see it.
#include <map>

#include "server/api_people.h"
#include "server/api_server.h"
#include "server/attendance_pages.h"
#include "server/json_response.h"
#include "server/visible_sections.h"
#include "tap/registered.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kMostDays = 400;
constexpr int kUsualDays = 30;  // before the last one

}  // namespace

http::Response ApiServer::AttendanceOf(const Call& call, const std::string& first,
                                       const std::string& last, bool range) {
  if (!IsDay(first) || !IsDay(last)) return JsonError(400, "dates read YYYY-MM-DD");
  if (last < first) return JsonError(400, "the first date is after the last");
  if (first < AddDays(last, -kMostDays)) return JsonError(400, "ask for at most 400 days at once");
  // As text: as JSON values a page of records would take ten times the memory.
  std::string records;
  size_t count = 0;
  const auto next =
      ReadPage(store_, {first, last, VisibleSections(call.caller, AskedSections(call.request)), {}},
               kRecordsAPage, [&](const Attendance& attendance) {
                 if (count++ > 0) records += ',';
                 records += json::serialize(ToJson(attendance));
               });
  if (!next) return JsonError(next.error());
  json::object body;
  if (range) {
    body.emplace("from", first);
    body.emplace("to", last);
    body.emplace("next", *next ? json::value(**next) : json::value());
  } else {
    body.emplace("date", first);
  }
  const std::string section = call.request.Query("section");
  body.emplace("section", section.empty() ? json::value("all") : json::value(section));
  body.emplace("count", count);
  http::Response response = JsonOk(std::move(body));
  response.body.pop_back();
  response.body += ",\"records\":[" + records + "]}";
  return response;
}

Result<ApiServer::Period> ApiServer::AskedPeriod(const Call& call) {
  std::string last = call.request.Query("to");
  if (last.empty()) last = Today();
  std::string first = call.request.Query("from");
  if (first.empty() && IsDay(last)) first = AddDays(last, -kUsualDays);
  if (!IsDay(first) || !IsDay(last) || last < first || first < AddDays(last, -kMostDays)) {
    return Error{
        ErrorCode::kRejected, "give from and to as YYYY-MM-DD, at most 400 days apart", 0, {}};
  }
  return Period{std::move(first), std::move(last)};
}

http::Response ApiServer::WithStudent(const Call& call, std::string_view card,
                                      const StudentHandler& handle) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const Person* const person = school->roster->cards().Find(card);
  if (person == nullptr || !call.caller.Sees(person->section)) {
    return JsonError(404, "there is no such student");
  }
  return handle(*person, *school->roster);
}

http::Response ApiServer::DaysOf(const Call& call, const Person& person, const Roster& roster) {
  const auto period = AskedPeriod(call);
  if (!period) return JsonError(period.error());
  const auto& [first, last] = *period;
  const auto found = store_.FindAttendance({first, last, {}, person.person});
  if (!found) return JsonError(found.error());
  std::map<std::string_view, Status> statuses;
  json::array records;
  for (const Attendance& attendance : *found) {
    statuses.emplace(attendance.arrival.day, attendance.arrival.status);
    records.push_back(ToJson(attendance));
  }
  // What counts is every day with classes up to today since they were registered or first tapped,
  // where no record is an absence, and every other day with a record.
  std::map<Status, int> days;
  int total = 0;
  SinceRegistered since(person);
  for (std::string day = first; day <= std::min(last, Today()); day = AddDays(day, 1)) {
    const auto known = statuses.find(day);
    const bool recorded = known != statuses.end();
    const bool counts = since.Counts(day, recorded);
    if (!recorded && !(counts && roster.DayFor(person.section, day).has_classes)) continue;
    ++total;
    ++days[recorded ? known->second : Status::kAbsent];
  }
  const int present = days[Status::kOnTime] + days[Status::kLate];
  const double rate = total == 0 ? 0 : 100.0 * present / total;
  return JsonOk({{"student", PersonJson(person)},
                 {"summary",
                  {{"totalDays", total},
                   {"present", present},
                   {"late", days[Status::kLate]},
                   {"absent", days[Status::kAbsent]},
                   {"excused", days[Status::kExcused]},
                   {"attendanceRate", rate}}},
                 {"records", std::move(records)}});
}

void ApiServer::AddAttendanceRoutes() {
  router_.Add("GET", "/api/attendance", Access::kAccount, [this](const Call& call) {
    const std::string today = Today();
    return AttendanceOf(call, today, today, /*range=*/false);
  });
  router_.Add("GET", "/api/attendance/range/query", Access::kAccount, [this](const Call& call) {
    return AttendanceOf(call, call.request.Query("from"), call.request.Query("to"),
                        /*range=*/true);
  });
  router_.Add("GET", "/api/attendance/student/:nfc", Access::kAccount, [this](const Call& call) {
    return WithStudent(call, call.parameters[0], [&](const Person& person, const Roster& roster) {
      return DaysOf(call, person, roster);
    });
  });
  router_.Add("GET", "/api/attendance/:date", Access::kAccount, [this](const Call& call) {
    return AttendanceOf(call, call.parameters[0], call.parameters[0], /*range=*/false);
  });
}

}  // namespace tamtap
