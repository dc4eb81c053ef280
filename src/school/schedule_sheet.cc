#include "school/schedule_sheet.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/csv_cell.h"
#include "school/columns.h"
#include "school/table_rows.h"
#include "tap/school_json.h"
#include "tap/time_of_day.h"

namespace tamtap {
namespace {

constexpr int kDayMinutes = 24 * 60;
constexpr size_t kDays = 7;
constexpr size_t kSunday = 6;

enum ScheduleColumn : size_t {
  kSectionColumn,
  kGradeColumn,
  kAdviserColumn,
  kGraceColumn,
  kAbsentColumn,
  kNotKeptColumn,
  kFirstDayColumn
};
constexpr size_t StartOf(size_t day) { return kFirstDayColumn + 2 * day; }
constexpr size_t EndOf(size_t day) { return StartOf(day) + 1; }

// Every way to write a day beside every way to write which end of it is meant: "monstart",
// "mondaytimein", "startmon".
std::string KeysOf(std::initializer_list<std::string_view> days,
                   std::initializer_list<std::string_view> ends) {
  std::string keys;
  for (const std::string_view day : days) {
    for (const std::string_view end : ends) keys += fmt::format("{0}{1} {1}{0} ", day, end);
  }
  return keys;
}

void AddDay(std::string_view name, std::initializer_list<std::string_view> spellings,
            std::vector<ColumnKind>& kinds) {
  kinds.push_back({fmt::format("{} Start", name), fmt::format("the start on {}", name),
                   KeysOf(spellings, {"start", "starts", "starttime", "timestart", "in", "timein",
                                      "from", "begin", "open"})});
  kinds.push_back({fmt::format("{} End", name), fmt::format("the end on {}", name),
                   KeysOf(spellings, {"end", "ends", "endtime", "timeend", "out", "timeout", "to",
                                      "until", "dismissal", "close"})});
}

std::vector<ColumnKind> MakeScheduleKinds() {
  std::vector<ColumnKind> kinds = {
      {"Section", "the section",
       "section class classsection sectionclass sectionname classname pangkat seksyon", true},
      {"Grade", "the grade",
       "grade gradelevel level year yearlevel strand strandgradelevel gradelevelstrand baitang"},
      {"Adviser Name", "the adviser",
       "adviser advisername adviserid advisor advisorname classadviser teacher tagapayo"},
      {"Grace Minutes", "the minutes of grace",
       "grace graceminutes graceperiod graceperiodminutes"},
      {"Absent Minutes", "the minutes until absent",
       "absent absentminutes absentthreshold absentthresholdminutes absentafter"},
      {"", "", "no # room roomno remarks remark notes note shift schoolyear sy id", false, false}};
  AddDay("Mon", {"mon", "monday", "lunes"}, kinds);
  AddDay("Tue", {"tue", "tues", "tuesday", "martes"}, kinds);
  AddDay("Wed", {"wed", "weds", "wednesday", "miyerkules"}, kinds);
  AddDay("Thu", {"thu", "thur", "thurs", "thursday", "huwebes"}, kinds);
  AddDay("Fri", {"fri", "friday", "biyernes"}, kinds);
  AddDay("Sat", {"sat", "saturday", "sabado"}, kinds);
  AddDay("Sun", {"sun", "sunday", "linggo"}, kinds);
  return kinds;
}

const std::vector<ColumnKind>& ScheduleKinds() {
  static const std::vector<ColumnKind> kinds = MakeScheduleKinds();
  return kinds;
}

bool NamesADay(const TableRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) {
    const auto kind = cell.empty() ? std::nullopt : KindOf(cell, ScheduleKinds());
    return kind && *kind >= kFirstDayColumn;
  });
}

// The header's place in `rows`; their size if there is none.
size_t ScheduleHeaderOf(const std::vector<TableRow>& rows) {
  const size_t most = std::min(rows.size(), kMostRowsAboveHeader);
  const auto found =
      std::find_if(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(most), NamesADay);
  return found == rows.begin() + static_cast<ptrdiff_t>(most)
             ? rows.size()
             : static_cast<size_t>(found - rows.begin());
}

std::string TakeMinutes(std::string_view cell, std::optional<int>& minutes) {
  if (cell.empty()) return {};
  int value = -1;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || value < 0 ||
      value > kDayMinutes) {
    return fmt::format("'{}' is no number of minutes", cell);
  }
  minutes = value;
  return {};
}

// Why the row can't be believed; else empty.
std::string ReadRow(const TableRow& row, const Columns& columns, ImportedSchedule& imported) {
  if (!row.error.empty()) return row.error;
  if (std::string misfit = columns.Misfit(row); !misfit.empty()) return misfit;
  for (size_t kind = 0; kind < ScheduleKinds().size(); ++kind) {
    if (!ScheduleKinds()[kind].kept) continue;
    if (std::string fault = CellFault(columns.Cell(row, kind)); !fault.empty()) return fault;
  }
  imported.section = columns.Cell(row, kSectionColumn);
  imported.grade = columns.Cell(row, kGradeColumn);
  imported.adviser_id = columns.Cell(row, kAdviserColumn);
  if (imported.section.empty()) return "the section is missing";
  for (size_t day = 0; day < kDays; ++day) {
    imported.has_day[day] = columns.Has(StartOf(day));
    auto hours = HoursFrom(columns.Cell(row, StartOf(day)), columns.Cell(row, EndOf(day)));
    if (!hours)
      return fmt::format("{}: {}", WeekdayName(static_cast<int>(day)), hours.error().operation);
    imported.week[day] = *hours;
  }
  if (std::string fault = TakeMinutes(columns.Cell(row, kGraceColumn), imported.grace_minutes);
      !fault.empty()) {
    return fault;
  }
  return TakeMinutes(columns.Cell(row, kAbsentColumn), imported.absent_minutes);
}

// A day has both of its columns or none.
Result<> CheckDays(const Columns& columns, size_t line) {
  for (size_t day = 0; day < kDays; ++day) {
    if (columns.Has(StartOf(day)) == columns.Has(EndOf(day))) continue;
    const size_t missing = columns.Has(StartOf(day)) ? EndOf(day) : StartOf(day);
    return NoTable(
        fmt::format("line {}: there is no column for {}", line, ScheduleKinds()[missing].thing),
        fmt::format("call it '{}'", ScheduleKinds()[missing].name));
  }
  return {};
}

}  // namespace

bool IsScheduleSheet(const Table& table) {
  return ScheduleHeaderOf(table.rows) < table.rows.size();
}

Result<ScheduleSheet> ReadScheduleSheet(Table table) {
  ScheduleSheet sheet;
  sheet.notes = std::move(table.notes);
  const std::vector<TableRow>& rows = table.rows;
  if (rows.empty()) return NoTable("there is nothing in it", "");
  const size_t header = ScheduleHeaderOf(rows);
  if (header == rows.size()) {
    return NoTable("no row of it names the hours of a day",
                   "name the columns Section, Grade, Adviser Name, Mon Start, Mon End and so on");
  }
  TAMTAP_TRY(const Columns columns, Columns::FromHeader(rows[header], ScheduleKinds()));
  TAMTAP_RETURN_IF_ERROR(CheckDays(columns, rows[header].line));
  if (!columns.passed_over().empty()) {
    sheet.notes.push_back(fmt::format("not kept: {}", fmt::join(columns.passed_over(), ", ")));
  }
  std::map<std::string, size_t> seen;  // section -> line
  for (size_t i = header + 1; i < rows.size(); ++i) {
    ImportedSchedule imported;
    imported.line = rows[i].line;
    std::string fault = ReadRow(rows[i], columns, imported);
    if (fault.empty()) {
      const auto [earlier, fresh] = seen.emplace(imported.section, rows[i].line);
      if (!fresh) {
        fault =
            fmt::format("section {} stands in line {} already", imported.section, earlier->second);
      }
    }
    if (fault.empty()) {
      sheet.schedules.push_back(std::move(imported));
    } else {
      sheet.left_out.push_back({rows[i].line, std::move(fault)});
    }
  }
  if (sheet.schedules.empty() && sheet.left_out.empty()) {
    return NoTable("there is no section under its header", "");
  }
  return sheet;
}

std::string ScheduleCsv(const std::vector<Schedule>& schedules, CsvFor reader) {
  const bool sunday = std::any_of(schedules.begin(), schedules.end(), [](const Schedule& each) {
    return each.week[kSunday].has_value();
  });
  const size_t days = sunday ? kDays : kDays - 1;
  std::string csv(reader == CsvFor::kSpreadsheets ? kByteOrderMark : "");
  csv += "Section,Grade,Adviser Name";
  for (size_t day = 0; day < days; ++day) {
    csv +=
        fmt::format(",{},{}", ScheduleKinds()[StartOf(day)].name, ScheduleKinds()[EndOf(day)].name);
  }
  csv += ",Grace Minutes,Absent Minutes\n";
  for (const Schedule& schedule : schedules) {
    csv += CsvCell(schedule.section) + ',' + CsvCell(schedule.grade) + ',' +
           CsvCell(schedule.adviser_id);
    for (size_t day = 0; day < days; ++day) {
      const auto& hours = schedule.week[day];
      csv += hours ? fmt::format(",{},{}", ClockText(hours->start), EndText(*hours)) : ",,";
    }
    csv +=
        fmt::format(",{},{}\n", schedule.grace_period_minutes, schedule.absent_threshold_minutes);
  }
  return csv;
}

}  // namespace tamtap
