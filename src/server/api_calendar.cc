// The calendar: what days are, and what is put into it.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "school/calendar_entry.h"
#include "server/api_server.h"
#include "server/day_words.h"
#include "server/json_response.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kSaturday = 5;

json::object EntryJson(const CalendarEntry& entry) {
  json::object object = ToJson(entry);
  const std::string id = CalendarEntryId(entry);
  object.emplace("id", id);
  object.emplace("_id", id);
  if (entry.section.empty()) object["section"] = nullptr;
  return object;
}

json::object DayJson(const DayOfSection& day, const std::string& date) {
  json::object object{{"date", date},
                      {"status", ToString(day.kind)},
                      {"isInstructional", day.has_classes},
                      {"label", LabelOfDay(day, date)},
                      {"reason", day.reason},
                      {"dayName", DayName(date)}};
  if (!day.has_classes) return object;
  object.emplace("start", ClockText(day.hours.start));
  object.emplace("end", EndText(day.hours));
  return object;
}

DayOfSection DayOf(const Roster& roster, const std::string& section, const std::string& date) {
  const bool all = section.empty() || section == "all";
  return all ? roster.DayForAll(date) : roster.DayFor(section, date);
}

// Why a section has no classes is for those who handle it.
bool MayAskAbout(const Caller& caller, const std::string& section) {
  return section.empty() || section == "all" || caller.Sees(section);
}

// Whether that entry is what a path names: by its id, or by its first day.
bool IsNamed(const CalendarEntry& entry, const Call& call) {
  const std::string& named = call.parameters[0];
  const std::string section = call.request.Query("section");
  return CalendarEntryId(entry) == named ||
         (entry.first_day == named && (section.empty() || entry.section == section));
}

// Teachers see to the days of the sections that they handle, administrators to all.
bool MayPut(const Caller& caller, const CalendarEntry& entry) {
  if (caller.IsAdmin()) return true;
  return entry.kind == CalendarKind::kNoClass && caller.Sees(entry.section);
}

}  // namespace

http::Response ApiServer::DayStatus(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  std::string date = call.request.Query("date");
  if (date.empty()) date = Today();
  if (!IsDay(date)) return JsonError(400, "dates read YYYY-MM-DD");
  const std::string section = call.request.Query("section");
  if (!MayAskAbout(call.caller, section)) return JsonError(404, "there is no such section");
  json::object body = DayJson(DayOf(*school->roster, section, date), date);
  body.emplace("section", section.empty() ? json::value() : json::value(section));
  return JsonOk(std::move(body));
}

http::Response ApiServer::DaysOfRange(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  if (call.request.Query("from").empty() || call.request.Query("to").empty()) {
    return JsonError(400, "give from and to as YYYY-MM-DD");
  }
  const auto period = AskedPeriod(call);
  if (!period) return JsonError(period.error());
  const std::string section = call.request.Query("section");
  if (!MayAskAbout(call.caller, section)) return JsonError(404, "there is no such section");
  json::array dates;
  std::map<DayKind, int> kinds;
  int instructional = 0;
  for (std::string date = period->first; date <= period->last; date = AddDays(date, 1)) {
    const DayOfSection day = DayOf(*school->roster, section, date);
    ++kinds[day.kind];
    instructional += day.has_classes ? 1 : 0;
    dates.push_back(DayJson(day, date));
  }
  const size_t total = dates.size();
  return JsonOk({{"from", period->first},
                 {"to", period->last},
                 {"section", section.empty() ? "all" : section},
                 {"summary",
                  {{"total", total},
                   {"instructional", instructional},
                   {"suspended", kinds[DayKind::kSuspension]},
                   {"noClass", kinds[DayKind::kNoClass]},
                   {"weekends", kinds[DayKind::kWeekend]},
                   {"saturdayMakeups", kinds[DayKind::kSaturdayMakeup]}}},
                 {"dates", std::move(dates)}});
}

http::Response ApiServer::CalendarEntries(const Call& call, CalendarKind kind, const char* name) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const std::string from = call.request.Query("from");
  const std::string to = call.request.Query("to");
  for (const std::string& day : {from, to}) {
    if (!day.empty() && !IsDay(day)) return JsonError(400, "dates read YYYY-MM-DD");
  }
  const std::string section = call.request.Query("section");
  json::array data;
  for (const CalendarEntry& entry : school->roster->school().calendar) {
    const bool within =
        (from.empty() || entry.last_day >= from) && (to.empty() || entry.first_day <= to);
    const bool asked = section.empty() || entry.section.empty() || entry.section == section;
    const bool seen = entry.section.empty() || call.caller.Sees(entry.section);
    if (entry.kind == kind && within && asked && seen) data.push_back(EntryJson(entry));
  }
  json::object body{{"count", data.size()}};
  // Existing pages know the list by the name of what is in it.
  body.emplace(name, data);
  body.emplace("data", std::move(data));
  return JsonOk(std::move(body));
}

http::Response ApiServer::PutCalendarEntry(const Call& call, CalendarKind kind) {
  const json::object body = JsonBody(call.request);
  CalendarEntry entry;
  entry.kind = kind;
  entry.first_day = TextAt(body, body.contains("startDate") ? "startDate" : "date");
  entry.last_day = TextAt(body, "endDate");
  entry.section = TextAt(body, "section");
  entry.reason = TextAt(body, "reason");
  if (entry.first_day.empty()) return JsonError(400, "give date, or startDate and endDate");
  if (kind != CalendarKind::kSaturdayMakeup && entry.reason.empty()) {
    return JsonError(400, "give the reason: people are shown it");
  }
  if (const auto tidy = TidyCalendarEntry(entry); !tidy) return JsonError(tidy.error());
  if (!MayPut(call.caller, entry)) return JsonError(404, "you handle no section of that name");
  const auto refused = ChangeSchool(call, [&](School& school) -> Result<> {
    const bool there =
        std::any_of(school.calendar.begin(), school.calendar.end(), [&](const CalendarEntry& each) {
          return each.kind == entry.kind && each.section == entry.section &&
                 each.first_day == entry.first_day && each.last_day == entry.last_day;
        });
    if (there) {
      return Error{ErrorCode::kRejected, "put " + entry.first_day + " into the calendar", 0,
                   "it is there already; remove that first"};
    }
    school.calendar.push_back(entry);
    return {};
  });
  if (refused) return *refused;
  http::Response response =
      JsonOk({{"message", fmt::format("{} is in the calendar", entry.first_day)},
              {"id", CalendarEntryId(entry)},
              {"record", EntryJson(entry)}});
  response.status = 201;
  return response;
}

http::Response ApiServer::RemoveCalendarEntry(const Call& call, CalendarKind kind) {
  std::optional<CalendarEntry> removed;
  const auto refused = ChangeSchool(call, [&](School& school) -> Result<> {
    const auto there = std::find_if(
        school.calendar.begin(), school.calendar.end(), [&](const CalendarEntry& entry) {
          return entry.kind == kind && IsNamed(entry, call) && MayPut(call.caller, entry);
        });
    if (there == school.calendar.end()) return {};
    removed = *there;
    school.calendar.erase(there);
    return {};
  });
  if (refused) return *refused;
  if (!removed) return JsonError(404, "there is no such entry in the calendar");
  return JsonOk({{"message", fmt::format("{} is no longer in the calendar", removed->first_day)},
                 {"id", CalendarEntryId(*removed)}});
}

void ApiServer::AddCalendarRoutes() {
  router_.Add("GET", "/api/calendar/status", Access::kAccount,
              [this](const Call& call) { return DayStatus(call); });
  router_.Add("GET", "/api/calendar/range", Access::kAccount,
              [this](const Call& call) { return DaysOfRange(call); });
  router_.Add("GET", "/api/calendar/saturday-status", Access::kAccount, [this](const Call&) {
    const auto school = school_.Current();
    if (!school) return JsonError(school.error());
    std::string next = Today();
    while (WeekdayOf(next) != kSaturday) next = AddDays(next, 1);
    return JsonOk({{"saturdayClassesEnabled", school->roster->settings().saturday_classes},
                   {"nextSaturday", DayJson(school->roster->DayForAll(next), next)},
                   {"updatedAt", nullptr}});
  });
  const auto add = [this](CalendarKind kind, const std::string& lists, const char* name,
                          const std::string& one, Access access) {
    router_.Add("GET", "/api/calendar/" + lists, Access::kAccount,
                [this, kind, name](const Call& call) { return CalendarEntries(call, kind, name); });
    router_.Add("POST", "/api/calendar/" + one, access,
                [this, kind](const Call& call) { return PutCalendarEntry(call, kind); });
    router_.Add("DELETE", "/api/calendar/" + one + "/:id", access,
                [this, kind](const Call& call) { return RemoveCalendarEntry(call, kind); });
  };
  add(CalendarKind::kSuspension, "suspensions", "suspensions", "suspension", Access::kAdmin);
  add(CalendarKind::kNoClass, "no-class", "sessions", "no-class", Access::kAccount);
  add(CalendarKind::kSaturdayMakeup, "saturday-makeups", "makeups", "saturday-makeup",
      Access::kAdmin);
}

}  // namespace tamtap
