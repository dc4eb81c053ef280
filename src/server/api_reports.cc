// The figures that pages draw: of a period, by day, section and learner.
#include <set>

#include "report/attendance_figures.h"
#include "server/api_server.h"
#include "server/attendance_pages.h"
#include "server/json_response.h"
#include "server/report_sections.h"
#include "server/visible_sections.h"

namespace tamtap {
namespace {

namespace json = boost::json;

void PutTally(const DayTally& tally, json::object& into) {
  into.emplace("expected", tally.expected);
  into.emplace("present", tally.present());
  into.emplace("onTime", tally.on_time);
  into.emplace("late", tally.late);
  into.emplace("excused", tally.excused);
  into.emplace("absent", tally.absent);
  into.emplace("rate", tally.rate());
}

json::array DaysJson(const PeriodFigures& figures) {
  json::array days;
  for (const DayFigures& each : figures.days) {
    json::object day{{"date", each.day}};
    PutTally(each.tally, day);
    days.push_back(std::move(day));
  }
  return days;
}

json::array SectionsJson(const PeriodFigures& figures) {
  json::array sections;
  for (const SectionFigures& each : figures.sections) {
    json::array late;
    for (const size_t count : each.late_by_weekday) late.push_back(count);
    json::object section{{"section", each.name},
                         {"grade", each.grade},
                         {"learners", each.learners},
                         {"classDays", each.class_days},
                         {"lateByWeekday", std::move(late)}};
    PutTally(each.tally, section);
    sections.push_back(std::move(section));
  }
  return sections;
}

json::array LearnersJson(const PeriodFigures& figures) {
  json::array learners;
  for (const LearnerFigures& each : figures.learners) {
    json::object learner{{"nfc_id", each.person->NfcId()},   {"tamtap_id", each.person->tamtap_id},
                         {"name", each.person->name},        {"section", each.person->section},
                         {"mostInARow", each.most_in_a_row}, {"inARowNow", each.in_a_row_now}};
    PutTally(each.tally, learner);
    learners.push_back(std::move(learner));
  }
  return learners;
}

}  // namespace

std::optional<std::vector<std::string>> SectionsToReport(const Call& call, const Roster& roster) {
  const auto asked = AskedSections(call.request);
  for (const std::string& section : asked) {
    if (!call.caller.Sees(section)) return std::nullopt;
  }
  if (!asked.empty()) return asked;
  std::set<std::string> sections;
  for (const Person& person : roster.school().people) {
    if (person.role == Role::kStudent && call.caller.Sees(person.section)) {
      sections.insert(person.section);
    }
  }
  return std::vector<std::string>(sections.begin(), sections.end());
}

http::Response ApiServer::ReportFigures(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const auto period = AskedPeriod(call);
  if (!period) return JsonError(period.error());
  const auto sections = SectionsToReport(call, *school->roster);
  if (!sections) return JsonError(404, "there is no such section");
  const std::string today = Today();
  AttendanceFigures figures(period->first, period->last, today, *sections, *school->roster);
  // By person, and not by the section that a tap had: somebody may have changed it meanwhile.
  const AttendanceQuery query{period->first, period->last, std::nullopt, {}};
  const auto read =
      ReadPage(store_, query, SIZE_MAX, [&](const Attendance& each) { figures.Add(each); });
  if (!read) return JsonError(read.error());
  const PeriodFigures all = figures.Count();
  json::object body{{"from", period->first},
                    {"to", period->last},
                    {"today", today},
                    {"days", DaysJson(all)},
                    {"sections", SectionsJson(all)},
                    {"learners", LearnersJson(all)}};
  PutTally(all.tally, body);
  return JsonOk(std::move(body));
}

void ApiServer::AddReportRoutes() {
  router_.Add("GET", "/api/reports/attendance", Access::kAccount,
              [this](const Call& call) { return ReportFigures(call); });
}

}  // namespace tamtap
