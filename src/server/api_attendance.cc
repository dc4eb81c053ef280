// Attendance and the school's people, as far as the caller may see them.
#include <algorithm>
#include <map>

#include "server/api_server.h"
#include "server/attendance_pages.h"
#include "server/json_response.h"
#include "server/visible_sections.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kMostDays = 400;
constexpr int kUsualDays = 30;  // before the last one

std::vector<std::string> SplitCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> AskedSections(const http::Request& request) {
  std::vector<std::string> sections = SplitCommas(request.Query("sections"));
  if (const std::string one = request.Query("section"); !one.empty() && one != "all") {
    sections.push_back(one);
  }
  return sections;
}

json::object PersonJson(const Person& person) {
  json::object object = ToJson(person);
  object.erase("person");
  object.erase("role");
  return object;
}

// People whom the caller may see and `keep` wants.
template <typename Keep>
http::Response ListPeople(const Call& call, const Roster& roster, Role role, Keep keep) {
  json::array data;
  for (const Person& person : roster.school().people) {
    const bool seen = person.role == Role::kTeacher || call.caller.Sees(person.section);
    if (person.role == role && seen && keep(person)) data.push_back(PersonJson(person));
  }
  const size_t count = data.size();
  return JsonOk({{"count", count}, {"data", std::move(data)}});
}

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
  // What counts is every day with classes up to today, where no record is an absence, and every
  // other day with a record.
  std::map<Status, int> days;
  int total = 0;
  for (std::string day = first; day <= std::min(last, Today()); day = AddDays(day, 1)) {
    const auto known = statuses.find(day);
    const bool recorded = known != statuses.end();
    if (!recorded && !roster.DayFor(person.section, day).has_classes) continue;
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

void ApiServer::AddSchoolRoutes() {
  // A handler that needs the school's facts.
  const auto with_school = [this](auto handle) {
    return [this, handle](const Call& call) {
      const auto school = school_.Current();
      return school ? handle(call, *school->roster) : JsonError(school.error());
    };
  };
  router_.Add("GET", "/api/students", Access::kAccount,
              with_school([](const Call& call, const Roster& roster) {
                return ListPeople(call, roster, Role::kStudent, [](const Person&) { return true; });
              }));
  router_.Add("GET", "/api/teachers", Access::kAccount,
              with_school([](const Call& call, const Roster& roster) {
                return ListPeople(call, roster, Role::kTeacher, [](const Person&) { return true; });
              }));
  router_.Add("GET", "/api/students/section/:csv", Access::kAccount,
              with_school([](const Call& call, const Roster& roster) {
                const auto sections = SplitCommas(call.parameters[0]);
                return ListPeople(call, roster, Role::kStudent, [&](const Person& person) {
                  return std::find(sections.begin(), sections.end(), person.section) !=
                         sections.end();
                });
              }));
  router_.Add("GET", "/api/students/grade/:grade", Access::kAccount,
              with_school([](const Call& call, const Roster& roster) {
                return ListPeople(call, roster, Role::kStudent, [&](const Person& person) {
                  return person.grade == call.parameters[0];
                });
              }));
  router_.Add("GET", "/api/students/:nfc", Access::kAccount,
              with_school([](const Call& call, const Roster& roster) {
                const Person* const person = roster.cards().Find(call.parameters[0]);
                if (person == nullptr || !call.caller.Sees(person->section)) {
                  return JsonError(404, "there is no such student");
                }
                return JsonOk({{"data", PersonJson(*person)}});
              }));
  router_.Add("GET", "/api/schedules", Access::kAccount,
              with_school([](const Call& call, const Roster& roster) {
                json::array data;
                for (const Schedule& schedule : roster.school().schedules) {
                  if (call.caller.Sees(schedule.section)) data.push_back(ToJson(schedule));
                }
                const size_t count = data.size();
                return JsonOk({{"count", count}, {"data", std::move(data)}});
              }));
  router_.Add(
      "GET", "/api/schedules/:section", Access::kAccount,
      with_school([](const Call& call, const Roster& roster) {
        for (const Schedule& schedule : roster.school().schedules) {
          if (schedule.section == call.parameters[0] && call.caller.Sees(schedule.section)) {
            return JsonOk({{"data", ToJson(schedule)}});
          }
        }
        return JsonError(404, "there is no such schedule");
      }));
  router_.Add("GET", "/api/schedules/today/:section", Access::kAccount,
              with_school([this](const Call& call, const Roster& roster) {
                const std::string& section = call.parameters[0];
                if (!call.caller.Sees(section)) return JsonError(404, "there is no such section");
                const std::string today = Today();
                const DayOfSection day = roster.DayFor(section, today);
                json::value hours;
                if (day.has_classes) {
                  hours = {{"start", ClockText(day.hours.start)}, {"end", EndText(day.hours)}};
                }
                return JsonOk({{"section", section},
                               {"day", WeekdayName(WeekdayOf(today))},
                               {"schedule", std::move(hours)},
                               {"grace_period_minutes", day.grace_minutes},
                               {"absent_threshold_minutes", day.absent_minutes}});
              }));
  router_.Add("GET", "/api/calendar/status", Access::kAccount,
              with_school([this](const Call& call, const Roster& roster) {
                std::string date = call.request.Query("date");
                if (date.empty()) date = Today();
                if (!IsDay(date)) return JsonError(400, "dates read YYYY-MM-DD");
                const std::string section = call.request.Query("section");
                const DayOfSection day =
                    section.empty() ? roster.DayForAll(date) : roster.DayFor(section, date);
                return JsonOk({{"date", date},
                               {"status", ToString(day.kind)},
                               {"isInstructional", day.has_classes},
                               {"reason", day.reason}});
              }));
}

}  // namespace tamtap
