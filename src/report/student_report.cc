#include "report/student_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

#include "report/attendance_report.h"
#include "tap/registered.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

struct MonthFigures {
  size_t class_days = 0;
  size_t counts[4] = {};  // by Status

  size_t here() const {
    return counts[static_cast<size_t>(Status::kOnTime)] +
           counts[static_cast<size_t>(Status::kLate)];
  }
};

Result<> WriteMonths(size_t sheet, const std::map<std::string, MonthFigures>& months,
                     ReportSink& sink) {
  MonthFigures all;
  const auto add = [&](std::string_view name, const MonthFigures& month, CellLook look) {
    const auto number = [look](size_t value) {
      return Cell::Number(static_cast<double>(value), look);
    };
    const double rate = month.class_days == 0 ? 0
                                              : 100.0 * static_cast<double>(month.here()) /
                                                    static_cast<double>(month.class_days);
    const std::array<Cell, 7> cells = {Cell{name, look},
                                       number(month.class_days),
                                       number(month.counts[static_cast<size_t>(Status::kOnTime)]),
                                       number(month.counts[static_cast<size_t>(Status::kLate)]),
                                       number(month.counts[static_cast<size_t>(Status::kExcused)]),
                                       number(month.counts[static_cast<size_t>(Status::kAbsent)]),
                                       Cell::Number(rate, look)};
    return sink.AddRow(sheet, cells);
  };
  for (const auto& [name, month] : months) {
    TAMTAP_RETURN_IF_ERROR(add(name, month, CellLook::kPlain));
    all.class_days += month.class_days;
    for (size_t i = 0; i < std::size(all.counts); ++i) all.counts[i] += month.counts[i];
  }
  return add("All", all, CellLook::kStrong);
}

}  // namespace

Result<> WriteStudentReport(const StudentReportHead& head, const Person& person,
                            const Roster& roster, const std::vector<Attendance>& attendance,
                            ReportSink& sink) {
  static constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const std::vector<std::string> titles = {
      "STUDENT ATTENDANCE RECORD",
      fmt::format("{}   {}   {}   LRN {}", person.name, person.section, person.NfcId(),
                  person.lrn.empty() ? "-" : person.lrn),
      fmt::format("{} to {}   made {} by {}", head.first_day, head.last_day, head.made_at,
                  head.made_by)};
  TAMTAP_TRY(const size_t months_sheet, sink.AddSheet({"Months",
                                                       titles,
                                                       {{"Month", 12},
                                                        {"Class Days", 10},
                                                        {"On Time", 10},
                                                        {"Late", 10},
                                                        {"Excused", 10},
                                                        {"Absent", 10},
                                                        {"Attendance %", 12}},
                                                       {}}));
  TAMTAP_TRY(const size_t days_sheet, sink.AddSheet({"Days",
                                                     titles,
                                                     {{"Date", 12},
                                                      {"Day", 6},
                                                      {"Status", 10},
                                                      {"Time In", 10},
                                                      {"Time Out", 10},
                                                      {"Remarks", 30}},
                                                     {"Adviser", "Parent or Guardian"}}));
  std::map<std::string_view, const Attendance*> known;
  for (const Attendance& each : attendance) known.emplace(each.arrival.day, &each);
  std::map<std::string, MonthFigures> months;
  SinceRegistered since(person);
  for (std::string day = head.first_day; day <= head.last_day; day = AddDays(day, 1)) {
    const auto there = known.find(day);
    const Attendance* const of_day = there == known.end() ? nullptr : there->second;
    const bool due = since.Counts(day, of_day != nullptr) && day <= head.today &&
                     roster.DayFor(person.section, day).has_classes;
    if (of_day == nullptr && !due) continue;
    const Status status = of_day == nullptr ? Status::kAbsent : of_day->arrival.status;
    if (day <= head.today) {
      MonthFigures& month = months[day.substr(0, 7)];
      ++month.class_days;
      ++month.counts[static_cast<size_t>(status)];
    }
    const bool timed = of_day != nullptr && (of_day->arrival.staff.marked_at.empty() ||
                                             status == Status::kOnTime || status == Status::kLate);
    const std::array<Cell, 6> cells = {
        Cell{day},
        Cell{kDays[static_cast<size_t>(WeekdayOf(day))]},
        Cell{StatusWord(status)},
        Cell{timed ? std::string_view(of_day->arrival.time) : ""},
        Cell{of_day == nullptr ? std::string_view() : of_day->departure},
        Cell{of_day == nullptr ? std::string_view() : of_day->arrival.staff.excuse_reason}};
    TAMTAP_RETURN_IF_ERROR(sink.AddRow(days_sheet, cells));
  }
  return WriteMonths(months_sheet, months, sink);
}

}  // namespace tamtap
