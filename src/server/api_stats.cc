// Counts for pages, and the state of the server itself.
#include <algorithm>
#include <map>

#include "base/disk.h"
#include "base/disk_room.h"
#include "report/attendance_figures.h"
#include "server/api_server.h"
#include "server/attendance_pages.h"
#include "server/day_words.h"
#include "server/json_response.h"
#include "server/openapi.h"
#include "server/terminal_states.h"
#include "server/visible_sections.h"
#include "tap/registered.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kLatest = 10;  // arrivals that the first page shows

// Of students who are enrolled: present + excused + absent is the total on a class day.
struct Counts : StatusCounts {
  size_t total = 0;

  double rate() const { return RateOf(total); }
  json::object Json() const {
    return {{"total", total},     {"present", present()}, {"onTime", on_time}, {"late", late},
            {"excused", excused}, {"absent", absent},     {"rate", rate()}};
  }
};

// Counts of the day's attendance by section, or by whatever else `group` makes of a person; of the
// students whom the caller may see and who are of the sections `only`, if it names any.
template <typename Group>
std::map<std::string, Counts> CountBy(Group group, const Caller& caller, const Roster& roster,
                                      const std::vector<Attendance>& attendance,
                                      std::string_view day,
                                      const std::vector<std::string>& only = {}) {
  // By person; documents of existing databases know only the card.
  std::map<std::string_view, Status> statuses;
  for (const Attendance& each : attendance) {
    const Person* const owner = roster.WhoseIs(each.arrival);
    statuses.emplace(each.arrival.person, each.arrival.status);
    if (owner != nullptr) statuses.emplace(owner->person, each.arrival.status);
  }
  std::map<std::string_view, bool> has_classes;
  std::map<std::string, Counts> groups;
  for (const Person& person : roster.school().people) {
    const bool wanted =
        only.empty() || std::find(only.begin(), only.end(), person.section) != only.end();
    if (person.role != Role::kStudent || !wanted || !caller.Sees(person.section)) continue;
    const auto found = statuses.find(person.person);
    if (found == statuses.end() && !WasRegisteredBy(person, day)) continue;
    Counts& counts = groups[group(person)];
    ++counts.total;
    if (found != statuses.end()) {
      counts.Add(found->second);
      continue;
    }
    const auto [classes, unknown] = has_classes.emplace(person.section, false);
    if (unknown) classes->second = roster.DayFor(person.section, day).has_classes;
    if (classes->second) counts.Add(Status::kAbsent);
  }
  return groups;
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
  const auto sections = AskedSections(call.request);
  // Why a section has no classes is for those who handle it.
  const bool one = sections.size() == 1 && call.caller.Sees(sections.front());
  const DayOfSection day =
      one ? school->roster->DayFor(sections.front(), date) : school->roster->DayForAll(date);
  const auto all = [](const Person&) { return std::string(); };
  const Counts counts =
      CountBy(all, call.caller, *school->roster, *attendance, date, sections)[std::string()];
  return JsonOk({{"date", date},
                 {"section", section.empty() ? "all" : section},
                 {"isInstructional", day.has_classes},
                 {"calendarStatus", ToString(day.kind)},
                 {"calendarLabel", LabelOfDay(day, date)},
                 {"calendarReason", day.reason},
                 {"stats",
                  {{"totalStudents", counts.total},
                   {"onTime", counts.on_time},
                   {"late", counts.late},
                   {"excused", counts.excused},
                   {"absent", counts.absent},
                   {"present", counts.present()},
                   {"attendanceRate", counts.rate()}}},
                 {"graceMinutes", day.grace_minutes},
                 {"absentMinutes", day.absent_minutes},
                 {"timezone", zone_.Current().name()},
                 {"localTime", zone_.ToLocal(clock_.Now()).iso},
                 {"school", school->roster->settings().school_name},
                 {"departures", school->roster->settings().departures.on}});
}

// The day in figures, for the first page: who there is, who has come, and who came last.
http::Response ApiServer::Overview(const Call& call) {
  const std::string today = Today();
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const auto attendance =
      store_.FindAttendance({today, today, VisibleSections(call.caller, {}), {}});
  if (!attendance) return JsonError(attendance.error());
  const auto all = [](const Person&) { return std::string(); };
  const Counts counts = CountBy(all, call.caller, *school->roster, *attendance, today)[""];
  size_t teachers = 0;
  for (const Person& person : school->roster->school().people) {
    teachers += person.role == Role::kTeacher ? 1 : 0;
  }
  size_t came = 0;
  size_t in_the_morning = 0;
  json::array latest;
  for (auto each = attendance->rbegin(); each != attendance->rend(); ++each) {
    const Record& record = each->arrival;
    const bool here = !IsMark(record) || IsMarkOfPresence(record);
    if (!here) continue;
    ++came;
    in_the_morning += record.session == tamtap::Session::kAm ? 1 : 0;
    if (latest.size() >= kLatest) continue;
    latest.push_back({{"name", record.name},
                      {"role", ToString(record.role)},
                      {"time", record.time},
                      {"session", ToString(record.session)}});
  }
  const auto students = static_cast<size_t>(counts.total);
  return JsonOk({{"timestamp", zone_.ToLocal(clock_.Now()).iso},
                 {"date", today},
                 {"stats",
                  {{"students", students},
                   {"totalStudents", students},
                   {"teachers", teachers},
                   {"totalUsers", students + teachers},
                   {"todayAttendance", came},
                   {"todayAM", in_the_morning},
                   {"todayPM", came - in_the_morning},
                   {"onTime", counts.on_time},
                   {"late", counts.late},
                   {"excused", counts.excused},
                   {"absent", counts.absent},
                   {"present", counts.present()},
                   {"attendanceRate", counts.rate()}}},
                 {"latest", std::move(latest)}});
}

void ApiServer::AddStatsRoutes() {
  router_.Add("GET", "/api/stats/summary", Access::kAccount,
              [this](const Call& call) { return Summary(call); });
  router_.Add("GET", "/api/stats", Access::kAccount,
              [this](const Call& call) { return Overview(call); });
  // Today's counts by section or by grade.
  const auto add_groups = [this](const char* pattern, const char* name, auto group) {
    router_.Add("GET", pattern, Access::kAccount, [this, name, group](const Call& call) {
      const std::string today = Today();
      const auto school = school_.Current();
      if (!school) return JsonError(school.error());
      const auto attendance = store_.FindAttendance({today, today, {}, {}});
      if (!attendance) return JsonError(attendance.error());
      json::array data;
      for (const auto& [key, counts] :
           CountBy(group, call.caller, *school->roster, *attendance, today)) {
        json::object each{{name, key}};
        for (const auto& [field, value] : counts.Json()) each.emplace(field, value);
        data.push_back(std::move(each));
      }
      return JsonOk({{"date", today}, {"data", std::move(data)}});
    });
  };
  add_groups("/api/stats/sections", "section", [](const Person& person) { return person.section; });
  add_groups("/api/stats/grades", "grade", [](const Person& person) { return person.grade; });
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
    std::map<std::string, int> counts;
    const AttendanceQuery query{
        first, today, VisibleSections(call.caller, AskedSections(call.request)), {}};
    const auto read = ReadPage(store_, query, SIZE_MAX,
                               [&](const Attendance& each) { ++counts[each.arrival.day]; });
    if (!read) return JsonError(read.error());
    static constexpr const char* kNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    json::array data;
    for (std::string day = first; day <= today; day = AddDays(day, 1)) {
      data.push_back({{"date", day}, {"day", kNames[WeekdayOf(day)]}, {"count", counts[day]}});
    }
    const std::string section = call.request.Query("section");
    return JsonOk({{"days", days},
                   {"section", section.empty() ? "all" : section},
                   {"data", std::move(data)}});
  });
}

void ApiServer::AddStateRoutes() {
  router_.Add("GET", "/api/terminals", Access::kAccount, [this](const Call& call) {
    json::array data = feed_.TerminalList();
    const size_t count = data.size();
    json::object answer{{"count", count}, {"data", std::move(data)}};
    if (call.caller.account->role == AccountRole::kAdmin) {
      const auto terminals = identity_.Terminals();
      if (!terminals) return JsonError(terminals.error());
      json::array revoked;
      for (const TerminalRow& each : *terminals) {
        if (each.revoked) revoked.emplace_back(each.name);
      }
      answer.emplace("revoked", std::move(revoked));
    }
    return JsonOk(answer);
  });
  router_.Add("GET", "/api/health", Access::kPublic, [this](const Call& call) {
    // As of the live feed's last look: a stranger who asks must not keep workers waiting for a
    // store that is away.
    const auto error = feed_.StoreError();
    // A disk that fills is told before it is full.
    const auto free = PosixDisk().FreeBytes(ParentDirectory(options_.photo_directory));
    const std::string disk =
        free ? DescribeRoom(*free, kServerPhotoReserve) : free.error().Message();
    json::object body{{"status", error || !disk.empty() ? "degraded" : "ok"}};
    if (call.caller.account || call.caller.loopback) {
      body.emplace("disk_problem", disk);
      body.emplace("disk_free_bytes", free ? json::value(*free) : json::value());
      body.emplace("store", store_.Kind());
      body.emplace("store_error", error ? error->Message() : std::string());
      body.emplace("clients", feed_.sockets().ClientCount());
      body.emplace("terminals", feed_.TerminalList());
      body.emplace("version", TAMTAP_VERSION);
    }
    return JsonOk(body);
  });
  router_.Add("GET", "/metrics", Access::kAccountOrLoopback, [this](const Call&) {
    const auto terminals = terminals_.States();
    if (!terminals) return JsonError(terminals.error());
    const auto free = PosixDisk().FreeBytes(ParentDirectory(options_.photo_directory));
    http::Response response;
    response.headers = {{"Content-Type", "text/plain; version=0.0.4"},
                        {"Cache-Control", "no-store"}};
    response.body = metrics_.Text({.terminals = *terminals,
                                   .store_answers = !feed_.StoreError(),
                                   .clients = feed_.sockets().ClientCount(),
                                   .disk_free = free ? std::optional(*free) : std::nullopt});
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
