// Counts for pages, and the state of the server itself.
#include <map>
#include <set>

#include "server/api_server.h"
#include "server/json_response.h"
#include "server/openapi.h"

namespace tamtap {
namespace {

namespace json = boost::json;

struct Counts {
  int total = 0;
  int on_time = 0;
  int late = 0;
  int excused = 0;
  int marked_absent = 0;

  void Add(Status status) {
    switch (status) {
      case Status::kOnTime:
        ++on_time;
        return;
      case Status::kLate:
        ++late;
        return;
      case Status::kExcused:
        ++excused;
        return;
      case Status::kAbsent:
        ++marked_absent;
        return;
    }
  }
  int present() const { return on_time + late; }
  // Who has no record at all counts as absent, once there are classes.
  int absent(bool classes) const {
    return classes ? std::max(0, total - present() - excused) : marked_absent;
  }
  double rate() const { return total == 0 ? 0 : 100.0 * present() / total; }
};

std::string LabelOf(const DayOfSection& day) {
  switch (day.kind) {
    case DayKind::kInstructional:
      return "Class day";
    case DayKind::kSuspension:
      return day.reason.empty() ? "Classes suspended" : "Classes suspended: " + day.reason;
    case DayKind::kNoClass:
      return day.reason.empty() ? "No classes" : "No classes: " + day.reason;
    case DayKind::kWeekend:
      return "Weekend";
    case DayKind::kSaturdayMakeup:
      return "Saturday make-up classes";
  }
  return {};
}

// Students by section, with what the day's attendance says of them; `only` empty means all.
std::map<std::string, Counts> CountBySection(const Caller& caller, const Roster& roster,
                                             const std::vector<Attendance>& attendance,
                                             const std::string& only) {
  std::map<std::string, Counts> sections;
  const auto wanted = [&](const std::string& section) {
    return caller.Sees(section) && (only.empty() || only == "all" || section == only);
  };
  for (const Person& person : roster.school().people) {
    if (person.role == Role::kStudent && wanted(person.section)) ++sections[person.section].total;
  }
  for (const Attendance& each : attendance) {
    if (each.arrival.role == Role::kStudent && wanted(each.arrival.section)) {
      sections[each.arrival.section].Add(each.arrival.status);
    }
  }
  return sections;
}

Counts Sum(const std::map<std::string, Counts>& sections) {
  Counts sum;
  for (const auto& [name, counts] : sections) {
    sum.total += counts.total;
    sum.on_time += counts.on_time;
    sum.late += counts.late;
    sum.excused += counts.excused;
    sum.marked_absent += counts.marked_absent;
  }
  return sum;
}

}  // namespace

http::Response ApiServer::Summary(const Call& call) {
  std::string date = call.request.Query("date");
  if (date.empty()) date = Today();
  if (!IsDay(date)) return JsonError(400, "dates read YYYY-MM-DD");
  const std::string section = call.request.Query("section");
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const auto attendance = store_.FindAttendance({date, date, {}, {}});
  if (!attendance) return JsonError(attendance.error());
  // Without a section, the day is what it is for most: the first section that has classes speaks.
  DayOfSection day = school->roster->DayFor(section, date);
  if (section.empty() || section == "all") {
    for (const Schedule& schedule : school->roster->school().schedules) {
      if (day.has_classes) break;
      day = school->roster->DayFor(schedule.section, date);
    }
  }
  const Counts counts = Sum(CountBySection(call.caller, *school->roster, *attendance, section));
  return JsonOk({{"date", date},
                 {"section", section.empty() ? "all" : section},
                 {"isInstructional", day.has_classes},
                 {"calendarStatus", ToString(day.kind)},
                 {"calendarLabel", LabelOf(day)},
                 {"stats",
                  {{"totalStudents", counts.total},
                   {"onTime", counts.on_time},
                   {"late", counts.late},
                   {"excused", counts.excused},
                   {"absent", counts.absent(day.has_classes)},
                   {"present", counts.present()},
                   {"attendanceRate", counts.rate()}}},
                 {"graceMinutes", day.grace_minutes},
                 {"absentMinutes", day.absent_minutes}});
}

void ApiServer::AddStatsRoutes() {
  router_.Add("GET", "/api/stats/summary", Access::kAccount,
              [this](const Call& call) { return Summary(call); });
  router_.Add("GET", "/api/stats", Access::kAccount,
              [this](const Call& call) { return Summary(call); });
  router_.Add("GET", "/api/stats/sections", Access::kAccount, [this](const Call& call) {
    const std::string today = Today();
    const auto school = school_.Current();
    if (!school) return JsonError(school.error());
    const auto attendance = store_.FindAttendance({today, today, {}, {}});
    if (!attendance) return JsonError(attendance.error());
    json::array data;
    for (const auto& [name, counts] :
         CountBySection(call.caller, *school->roster, *attendance, "")) {
      const bool classes = school->roster->DayFor(name, today).has_classes;
      data.push_back({{"section", name},
                      {"total", counts.total},
                      {"present", counts.present()},
                      {"onTime", counts.on_time},
                      {"late", counts.late},
                      {"excused", counts.excused},
                      {"absent", counts.absent(classes)},
                      {"rate", counts.rate()}});
    }
    return JsonOk({{"date", today}, {"data", std::move(data)}});
  });
  router_.Add("GET", "/api/stats/daily", Access::kAccount, [this](const Call& call) {
    const std::string asked = call.request.Query("days");
    int days = 7;
    if (!asked.empty()) {
      days = asked.size() <= 3 && asked.find_first_not_of("0123456789") == std::string::npos
                 ? std::stoi(asked)
                 : 0;
    }
    if (days < 1 || days > 366) return JsonError(400, "days is a number from 1 to 366");
    const std::string today = Today();
    const std::string first = AddDays(today, 1 - days);
    const auto attendance = store_.FindAttendance({first, today, {}, {}});
    if (!attendance) return JsonError(attendance.error());
    std::map<std::string, int> counts;
    for (const Attendance& each : *attendance) {
      if (call.caller.Sees(each.arrival.section)) ++counts[each.arrival.day];
    }
    static constexpr const char* kNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    json::array data;
    for (std::string day = first; day <= today; day = AddDays(day, 1)) {
      data.push_back({{"date", day}, {"day", kNames[WeekdayOf(day)]}, {"count", counts[day]}});
    }
    return JsonOk({{"data", std::move(data)}});
  });
}

void ApiServer::AddStateRoutes() {
  router_.Add("GET", "/api/terminals", Access::kAccount, [this](const Call&) {
    json::array data = feed_.TerminalList();
    const size_t count = data.size();
    return JsonOk({{"count", count}, {"data", std::move(data)}});
  });
  router_.Add("GET", "/api/refusals", Access::kAccount, [this](const Call& call) {
    json::array data;
    for (const RefusalNotice& notice : feed_.RecentRefusals()) {
      if (!call.caller.Sees(notice.section)) continue;
      data.push_back({{"nfc_id", notice.nfc_id},
                      {"name", notice.name.empty() ? json::value() : json::value(notice.name)},
                      {"reason", notice.reason},
                      {"decline_code", notice.decline_code},
                      {"terminal", notice.terminal},
                      {"timestamp", notice.timestamp}});
    }
    const size_t count = data.size();
    return JsonOk({{"count", count}, {"data", std::move(data)}});
  });
  router_.Add("GET", "/api/health", Access::kPublic, [this](const Call& call) {
    const auto answers = store_.Ping();
    json::object body{{"status", answers ? "ok" : "degraded"}};
    if (call.caller.account || call.caller.loopback) {
      body.emplace("store", store_.Kind());
      body.emplace("store_error", answers ? std::string() : answers.error().Message());
      body.emplace("clients", feed_.sockets().ClientCount());
      body.emplace("terminals", feed_.TerminalList());
      body.emplace("version", TAMTAP_VERSION);
    }
    return JsonOk(body);
  });
  router_.Add("GET", "/metrics", Access::kAccountOrLoopback, [this](const Call&) {
    http::Response response;
    response.headers = {{"Content-Type", "text/plain; version=0.0.4"}};
    response.body = metrics_.Text();
    return response;
  });
  router_.Add("GET", "/api/openapi.json", Access::kAccount, [](const Call&) {
    http::Response response;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = OpenApiDocument();
    return response;
  });
}

}  // namespace tamtap
