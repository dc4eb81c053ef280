// The sections of the school and the hours of their classes.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "school/columns.h"
#include "school/import_report.h"
#include "school/schedule_plan.h"
#include "school/schedule_sheet.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/list_page.h"
#include "server/uploaded_file.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kDaysOfExistingPages = 6;
constexpr size_t kWorkdays = 5;
constexpr int kMostMinutes = 24 * 60;

// With every day from Monday to Saturday, as existing pages expect.
json::object ScheduleJson(const Schedule& schedule) {
  json::object object = ToJson(schedule);
  json::object& week = object["weekly_schedule"].as_object();
  for (int day = 0; day < kDaysOfExistingPages; ++day) {
    const std::string_view name = WeekdayName(day);
    if (!week.contains(name))
      week.emplace(name, json::object{{"start", nullptr}, {"end", nullptr}});
  }
  object.emplace("adviser_name", schedule.adviser_id);
  object.emplace("is_default", false);
  return object;
}

// What holds of a section that nobody has given hours.
Schedule DefaultSchedule(const std::string& section, const Roster& roster) {
  Schedule schedule;
  schedule.section = section;
  for (size_t day = 0; day < kWorkdays; ++day) schedule.week[day] = ClassHours{};
  schedule.grace_period_minutes = roster.settings().grace_minutes;
  schedule.absent_threshold_minutes = roster.settings().absent_minutes;
  return schedule;
}

const Schedule* FindSchedule(const School& school, std::string_view section) {
  const auto found = std::find_if(school.schedules.begin(), school.schedules.end(),
                                  [&](const Schedule& each) { return each.section == section; });
  return found == school.schedules.end() ? nullptr : &*found;
}

Error NoSchedule(std::string_view section, std::string why) {
  return Error{ErrorCode::kRejected,
               fmt::format("put the schedule of {}", Shortened(section, kMostFieldBytes)), 0,
               std::move(why)};
}

// Puts what the body says into `schedule`; what it does not name stays, days too.
Result<> TakeSchedule(const json::object& body, Schedule& schedule) {
  for (const auto& [key, field] :
       {std::pair{"grade", &schedule.grade}, std::pair{"adviser_id", &schedule.adviser_id}}) {
    if (body.contains(key)) *field = Nfc(TrimSpace(TextOrNumberAt(body, key)));
    if (std::string fault = CellFault(*field); !fault.empty()) {
      return NoSchedule(schedule.section, std::move(fault));
    }
  }
  // Existing pages name the adviser, and give an id of their database beside it.
  if (const std::string name = TextAt(body, "adviser_name"); !name.empty()) {
    schedule.adviser_id = Nfc(TrimSpace(name));
  }
  for (const auto& [key, field] :
       {std::pair{"grace_period_minutes", &schedule.grace_period_minutes},
        std::pair{"absent_threshold_minutes", &schedule.absent_threshold_minutes}}) {
    if (!body.contains(key)) continue;
    const int64_t minutes = IntegerAt(body, key, -1);
    if (minutes < 0 || minutes > kMostMinutes) {
      return NoSchedule(schedule.section, fmt::format("{} is a number from 0 to 1440", key));
    }
    *field = static_cast<int>(minutes);
  }
  const json::value* const week = body.if_contains("weekly_schedule");
  if (week == nullptr) return {};
  if (!week->is_object()) return NoSchedule(schedule.section, "weekly_schedule is an object");
  json::object whole = ToJson(schedule);
  json::object& days = whole["weekly_schedule"].as_object();
  for (const auto& [day, hours] : week->get_object()) days.insert_or_assign(day, hours);
  TAMTAP_TRY(Schedule read, ScheduleFromJson(whole));
  schedule.week = read.week;
  return {};
}

std::vector<std::string> CellsOf(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const size_t comma = std::min(line.find(','), line.size());
    cells.emplace_back(line.substr(0, comma));
    if (comma == line.size()) return cells;
    line.remove_prefix(comma + 1);
  }
}

// What a file of schedules looks like.
http::Response ScheduleTemplate() {
  Schedule example;
  example.section = "Narra";
  example.grade = "7";
  example.adviser_id = "Ana Reyes";
  for (size_t day = 0; day < kWorkdays; ++day) example.week[day] = ClassHours{};
  const std::string csv = ScheduleCsv({example}, CsvFor::kPrograms);
  const size_t header = csv.find('\n');
  const size_t row = csv.find('\n', header + 1);
  return JsonOk({{"template",
                  {{"columns", json::value_from(CellsOf(csv.substr(0, header)))},
                   {"example", json::value_from(CellsOf(csv.substr(header + 1, row - header - 1)))},
                   {"notes",
                    {"Times read 07:00, 7:00 AM or 0700.",
                     "Leave both cells of a day empty if there are no classes.",
                     "A section is named as its students have it."}},
                   {"csv", csv}}}});
}

http::Response OneSchedule(const Schedule& schedule) {
  return JsonOk({{"data", ScheduleJson(schedule)}});
}

}  // namespace

http::Response ApiServer::ScheduleOf(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const std::string& section = call.parameters[0];
  if (!call.caller.Sees(section)) return JsonError(404, "there is no such schedule");
  if (const Schedule* const there = FindSchedule(school->roster->school(), section)) {
    return OneSchedule(*there);
  }
  const auto& people = school->roster->school().people;
  const bool is_section = std::any_of(people.begin(), people.end(), [&](const Person& each) {
    return each.section == section && each.role == Role::kStudent;
  });
  if (!is_section) return JsonError(404, "there is no such schedule");
  json::object data = ScheduleJson(DefaultSchedule(section, *school->roster));
  data["is_default"] = true;
  return JsonOk({{"data", std::move(data)}});
}

http::Response ApiServer::PutScheduleOf(const Call& call, std::string section, bool is_new) {
  section = Nfc(TrimSpace(section));
  if (section.empty()) return JsonError(400, "name the section");
  if (std::string fault = CellFault(section); !fault.empty()) return JsonError(400, fault);
  const json::object body = JsonBody(call.request);
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const Schedule usual = DefaultSchedule(section, *school->roster);
  const auto seen = [&section](const School& newest) {
    const Schedule* const there = FindSchedule(newest, section);
    return there == nullptr ? JsonError(404, "") : OneSchedule(*there);
  };
  // What the body does not name stays as it is by then, not as it was when somebody looked.
  bool there = false;
  Schedule schedule;
  Result<> taken;
  const auto refused = ChangeSchool(
      call,
      [&](School& newest) -> Result<> {
        const Schedule* const now = FindSchedule(newest, section);
        there = now != nullptr;
        if (is_new && there) {
          return Error{ErrorCode::kRejected, "add the schedule of " + section, 0,
                       "there is one; change it with PUT"};
        }
        schedule = there ? *now : usual;
        taken = TakeSchedule(body, schedule);
        if (!taken) return taken;
        std::erase_if(newest.schedules,
                      [&](const Schedule& each) { return each.section == section; });
        newest.schedules.push_back(schedule);
        return {};
      },
      seen);
  if (!taken) return JsonError(taken.error());
  if (refused) return *refused;
  http::Response response =
      JsonOk({{"message", "the hours of " + section + (is_new ? " are there" : " are changed")},
              {"data", ScheduleJson(schedule)},
              {"modified", there ? 1 : 0},
              {"upserted", there ? 0 : 1}});
  if (is_new) response.status = 201;
  return response;
}

http::Response ApiServer::RemoveSchedule(const Call& call) {
  const std::string& section = call.parameters[0];
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  if (FindSchedule(school->roster->school(), section) == nullptr) {
    return JsonError(404, "there is no such schedule");
  }
  const auto refused = ChangeSchool(call, [&](School& newest) -> Result<> {
    std::erase_if(newest.schedules, [&](const Schedule& each) { return each.section == section; });
    return {};
  });
  if (refused) return *refused;
  return JsonOk(
      {{"message", "the usual hours hold for " + section + " from now on"}, {"deleted", 1}});
}

http::Response ApiServer::ImportSchedules(const Call& call) {
  const auto file = UploadedFile(call.request);
  if (!file) return JsonError(file.error());
  auto table = ReadTable(*file);
  if (!table) return JsonError(table.error());
  const auto sheet = ReadScheduleSheet(*std::move(table));
  if (!sheet) return JsonError(sheet.error());
  const bool dry_run = call.request.Query("dry_run") == "1";
  SchedulePlan plan;
  const auto refused = ChangeSchool(call, [&](School& school) -> Result<> {
    plan = PlanSchedules(school, *sheet);
    if (plan.possible() && !dry_run) ApplySchedules(plan, school);
    return {};
  });
  if (refused) return *refused;
  json::array errors;
  for (const LeftOut& each : plan.left_out) {
    errors.push_back({{"line", each.line}, {"error", each.why}});
  }
  const bool done = plan.possible() && !dry_run;
  json::object report = ToJson(plan);
  report.emplace("message", done ? fmt::format("{} sections are new, {} are changed",
                                               plan.added.size(), plan.changed.size())
                                 : std::string("nothing is changed"));
  report.emplace("imported", done);
  report.emplace("dry_run", dry_run);
  report.emplace("results", json::object{{"created", done ? plan.added.size() : 0},
                                         {"updated", done ? plan.changed.size() : 0},
                                         {"errors", std::move(errors)}});
  if (plan.possible() || dry_run) return JsonOk(std::move(report));
  return JsonProblem(422, "nothing was imported; mend the lines that left_out names",
                     std::move(report));
}

http::Response ApiServer::Sections(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const School& all = school->roster->school();
  struct Section {
    size_t students = 0;
    std::string grade;
    const Schedule* schedule = nullptr;
  };
  std::map<std::string, Section> sections;
  for (const Person& person : all.people) {
    if (person.role != Role::kStudent || !call.caller.Sees(person.section)) continue;
    Section& section = sections[person.section];
    ++section.students;
    if (section.grade.empty()) section.grade = person.grade;
  }
  for (const Schedule& schedule : all.schedules) {
    if (!call.caller.Sees(schedule.section)) continue;
    Section& section = sections[schedule.section];
    section.schedule = &schedule;
    if (!schedule.grade.empty()) section.grade = schedule.grade;
  }
  json::array data;
  for (const auto& [name, section] : sections) {
    data.push_back({{"name", name},
                    {"grade", section.grade},
                    {"students", section.students},
                    {"student_count", section.students},
                    {"adviser_id", section.schedule == nullptr ? "" : section.schedule->adviser_id},
                    {"has_schedule", section.schedule != nullptr}});
  }
  const size_t count = data.size();
  return JsonOk({{"count", count}, {"data", std::move(data)}});
}

// Everybody and everything of that section is of another name from now on.
http::Response ApiServer::RenameSection(const Call& call) {
  const std::string& from = call.parameters[0];
  const std::string to = Nfc(TrimSpace(TextAt(JsonBody(call.request), "name")));
  if (to.empty()) return JsonError(400, "give the new name, as {\"name\": \"Narra\"}");
  if (std::string fault = CellFault(to); !fault.empty()) return JsonError(400, fault);
  size_t students = 0;
  bool there = false;
  const auto refused = ChangeSchool(call, [&](School& school) -> Result<> {
    if (FindSchedule(school, to) != nullptr && to != from) {
      return Error{ErrorCode::kRejected, fmt::format("call {} {}", from, to), 0,
                   "there is a section of that name"};
    }
    for (size_t i = 0; i < school.people.size(); ++i) {
      if (std::as_const(school).people[i].section != from) continue;
      school.people[i].section = to;
      ++students;
    }
    for (Schedule& each : school.schedules) {
      if (each.section != from) continue;
      each.section = to;
      there = true;
    }
    for (CalendarEntry& each : school.calendar) {
      if (each.section == from) each.section = to;
    }
    return {};
  });
  if (refused) return *refused;
  if (students == 0 && !there) return JsonError(404, "there is no such section");
  return JsonOk({{"message", fmt::format("{} is {} from now on", from, to)},
                 {"name", to},
                 {"students", students}});
}

void ApiServer::AddScheduleRoutes() {
  router_.Add("GET", "/api/schedules", Access::kAccount, [this](const Call& call) {
    const auto school = school_.Current();
    if (!school) return JsonError(school.error());
    json::array data;
    for (const Schedule& schedule : school->roster->school().schedules) {
      if (call.caller.Sees(schedule.section)) data.push_back(ScheduleJson(schedule));
    }
    const size_t count = data.size();
    return JsonOk({{"count", count}, {"data", std::move(data)}});
  });
  router_.Add("POST", "/api/schedules", Access::kAdmin, [this](const Call& call) {
    return PutScheduleOf(call, TextAt(JsonBody(call.request), "section"), /*is_new=*/true);
  });
  router_.Add("GET", "/api/schedules/template", Access::kAccount,
              [](const Call&) { return ScheduleTemplate(); });
  router_.Add("POST", "/api/schedules/import", Access::kAdmin,
              [this](const Call& call) { return ImportSchedules(call); });
  router_.Add("GET", "/api/schedules/:section", Access::kAccount,
              [this](const Call& call) { return ScheduleOf(call); });
  // Advisers see to the hours of their own section.
  router_.Add("PUT", "/api/schedules/:section", Access::kAccount, [this](const Call& call) {
    const Account& account = *call.caller.account;
    if (account.role == AccountRole::kTeacher || !call.caller.Sees(call.parameters[0])) {
      return JsonError(404, "you have no schedule of that section");
    }
    return PutScheduleOf(call, call.parameters[0], /*is_new=*/false);
  });
  router_.Add("DELETE", "/api/schedules/:section", Access::kAdmin,
              [this](const Call& call) { return RemoveSchedule(call); });
  router_.Add("GET", "/api/schedules/today/:section", Access::kAccount,
              [this](const Call& call) { return HoursOfToday(call); });
  router_.Add("GET", "/api/admin/sections", Access::kAccount,
              [this](const Call& call) { return Sections(call); });
  router_.Add("PUT", "/api/admin/sections/:section", Access::kAdmin,
              [this](const Call& call) { return RenameSection(call); });
}

http::Response ApiServer::HoursOfToday(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const std::string& section = call.parameters[0];
  if (!call.caller.Sees(section)) return JsonError(404, "there is no such section");
  const std::string today = Today();
  const DayOfSection day = school->roster->DayFor(section, today);
  json::value hours;
  if (day.has_classes) {
    hours = {{"start", ClockText(day.hours.start)}, {"end", EndText(day.hours)}};
  }
  return JsonOk({{"section", section},
                 {"day", WeekdayName(WeekdayOf(today))},
                 {"schedule", std::move(hours)},
                 {"grace_period_minutes", day.grace_minutes},
                 {"absent_threshold_minutes", day.absent_minutes}});
}

}  // namespace tamtap
