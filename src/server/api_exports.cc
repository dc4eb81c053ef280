// Reports to take away: the attendance of a period, a student's year, and the monthly register.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/log.h"
#include "report/attendance_report.h"
#include "report/month_register.h"
#include "report/student_report.h"
#include "server/api_server.h"
#include "server/attendance_pages.h"
#include "server/json_response.h"
#include "server/report_sections.h"
#include "server/visible_sections.h"

namespace tamtap {
namespace {

constexpr size_t kFewLearners = 300;  // asked for one by one; more are found in one walk
constexpr int kDaysOfAYear = 365;

// By day of the month from 1: a status, or -1.
using MonthOfLearner = std::array<int8_t, 32>;

std::string NamePart(const std::vector<std::string>& sections) {
  return sections.size() == 1 ? sections.front() : "all-sections";
}

bool IsOneOf(const std::vector<std::string>& sections, const std::string& section) {
  return std::find(sections.begin(), sections.end(), section) != sections.end();
}

// Puts the name of the school below the first title of each sheet.
class OfSchool final : public ReportSink {
 public:
  OfSchool(std::string school, ReportSink& sink) : school_(std::move(school)), sink_(sink) {}

  Result<size_t> AddSheet(const ReportSheet& sheet) override {
    if (school_.empty() || sheet.titles.empty()) return sink_.AddSheet(sheet);
    ReportSheet named = sheet;
    named.titles.insert(named.titles.begin() + 1, school_);
    return sink_.AddSheet(named);
  }
  Result<> AddRow(size_t sheet, std::span<const Cell> cells) override {
    return sink_.AddRow(sheet, cells);
  }
  Result<> Finish() override { return sink_.Finish(); }

 private:
  const std::string school_;
  ReportSink& sink_;
};

}  // namespace

http::Response ApiServer::Export(const Call& call, ExportFormat format, const std::string& name,
                                 const std::function<Result<>(ReportSink&)>& write) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const std::string of = school->roster->settings().school_name;
  auto response = exports_.Make(format, name, [&](ReportSink& sink) -> Result<> {
    OfSchool named(of, sink);
    return write(named);
  });
  if (!response) return JsonError(response.error());
  NoteAct(call, "export", name, std::string(EndingOf(format)));
  return *std::move(response);
}

http::Response ApiServer::ExportAttendance(const Call& call, ExportFormat format) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const Roster& roster = *school->roster;
  auto period = AskedPeriod(call);
  if (const std::string date = call.request.Query("date"); !date.empty()) {
    if (!IsDay(date)) return JsonError(400, "dates read YYYY-MM-DD");
    period = Period{date, date};
  }
  if (!period) return JsonError(period.error());
  const auto sections = SectionsToReport(call, roster);
  if (!sections) return JsonError(404, "there is no such section");
  const bool asked = !AskedSections(call.request).empty();
  const bool lists_absent = call.request.Query("absent") == "1";
  AttendanceReportHead head{period->first,
                            period->last,
                            Today(),
                            *sections,
                            format == ExportFormat::kCsv || sections->size() < 2,
                            lists_absent,
                            zone_.ToLocal(clock_.Now()).date,
                            call.caller.account->username};
  const auto visible = VisibleSections(call.caller, asked ? *sections : std::vector<std::string>());
  AttendanceQuery query{period->first, period->last, visible, {}};
  // Who came while they were of another section was not absent.
  if (lists_absent) query.sections = std::nullopt;
  const std::string name = fmt::format("TAMTAP_Attendance_{}_{}_to_{}", NamePart(*sections),
                                       period->first, period->last);
  return Export(call, format, name, [&](ReportSink& sink) -> Result<> {
    AttendanceReport report(std::move(head), roster, sink);
    TAMTAP_RETURN_IF_ERROR(report.Begin());
    Result<> added;
    const auto read = ReadPage(store_, query, SIZE_MAX, [&](const Attendance& each) {
      if (visible && !IsOneOf(*visible, each.arrival.section)) {
        report.Know(each);
      } else if (added) {
        added = report.Add(each);
      }
    });
    if (!read) return read.error();
    if (!added) return added;
    return report.End();
  });
}

http::Response ApiServer::ExportStudent(const Call& call, ExportFormat format) {
  return WithStudent(call, call.parameters[0], [&](const Person& person, const Roster& roster) {
    const std::string today = Today();
    auto period = AskedPeriod(call);
    // A year, unless something else is asked for.
    if (call.request.Query("from").empty() && call.request.Query("to").empty()) {
      period = Period{AddDays(today, -kDaysOfAYear), today};
    }
    if (!period) return JsonError(period.error());
    const auto found = store_.FindAttendance({period->first, period->last, {}, person.person});
    if (!found) return JsonError(found.error());
    const StudentReportHead head{period->first, period->last, today,
                                 zone_.ToLocal(clock_.Now()).date, call.caller.account->username};
    return Export(
        call, format,
        fmt::format("TAMTAP_Student_{}_{}_to_{}", person.NfcId(), period->first, period->last),
        [&](ReportSink& sink) { return WriteStudentReport(head, person, roster, *found, sink); });
  });
}

http::Response ApiServer::ExportRegister(const Call& call, ExportFormat format) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const Roster& roster = *school->roster;
  std::string month = call.request.Query("month");
  if (month.empty()) month = Today().substr(0, 7);
  if (!IsMonth(month)) return JsonError(400, "the month reads YYYY-MM");
  const auto sections = SectionsToReport(call, roster);
  if (!sections) return JsonError(404, "there is no such section");
  if (sections->empty()) return JsonError(404, "there is no section with students");
  std::unordered_map<std::string_view, MonthOfLearner> months;
  for (const Person& person : roster.school().people) {
    const bool wanted = person.role == Role::kStudent && IsOneOf(*sections, person.section);
    if (!wanted) continue;
    months.emplace(person.person, MonthOfLearner()).first->second.fill(-1);
  }
  const auto take = [&](const Attendance& each) {
    auto found = months.find(each.arrival.person);
    if (found == months.end()) {
      // What existing databases hold names the card alone.
      const Person* const owner = roster.WhoseIs(each.arrival);
      if (owner != nullptr) found = months.find(owner->person);
    }
    if (found == months.end()) return;
    const auto day = NumberIn(each.arrival.day.substr(8));
    if (day && *day < found->second.size()) {
      found->second[*day] = static_cast<int8_t>(each.arrival.status);
    }
  };
  // By person, and not by the section that a tap had: somebody may have changed it in that month.
  AttendanceQuery query{FirstDayOf(month), LastDayOf(month), std::nullopt, {}};
  if (months.size() <= kFewLearners) {
    for (const auto& [person, days] : months) {
      query.person = person;
      const auto found = store_.FindAttendance(query);
      if (!found) return JsonError(found.error());
      for (const Attendance& each : *found) take(each);
    }
  } else if (const auto read = ReadPage(store_, query, SIZE_MAX, take); !read) {
    return JsonError(read.error());
  }
  const StatusOfDay status_of = [&](const Person& person,
                                    const std::string& day) -> std::optional<Status> {
    const auto found = months.find(person.person);
    if (found == months.end()) return std::nullopt;
    const int8_t status = found->second[static_cast<size_t>(std::stoi(day.substr(8)))];
    return status < 0 ? std::nullopt : std::optional(static_cast<Status>(status));
  };
  const std::string today = Today();
  return Export(call, format, fmt::format("TAMTAP_SF2_{}_{}", NamePart(*sections), month),
                [&](ReportSink& sink) -> Result<> {
                  for (const std::string& section : *sections) {
                    TAMTAP_RETURN_IF_ERROR(WriteRegister(
                        MakeRegister(section, month, today, roster, status_of), sink));
                  }
                  return {};
                });
}

void ApiServer::AddExportRoutes() {
  for (const ExportFormat format : {ExportFormat::kXlsx, ExportFormat::kPdf, ExportFormat::kCsv}) {
    const std::string ending(EndingOf(format));
    router_.Add("GET", "/api/export/" + ending, Access::kAccount,
                [this, format](const Call& call) { return ExportAttendance(call, format); });
    router_.Add("GET", "/api/export/register/" + ending, Access::kAccount,
                [this, format](const Call& call) { return ExportRegister(call, format); });
    router_.Add("GET", "/api/export/student/:nfc/" + ending, Access::kAccount,
                [this, format](const Call& call) { return ExportStudent(call, format); });
  }
}

}  // namespace tamtap
