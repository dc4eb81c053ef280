#include "report/month_register.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "tap/registered.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

constexpr std::string_view kAll = "all";

bool IsOf(const RegisterRow& row, std::string_view sex) { return sex == kAll || row.sex == sex; }

bool IsHere(RegisterMark mark) {
  return mark == RegisterMark::kPresent || mark == RegisterMark::kLate;
}

RegisterMark MarkFrom(std::optional<Status> status) {
  if (status == Status::kOnTime) return RegisterMark::kPresent;
  return status == Status::kLate ? RegisterMark::kLate : RegisterMark::kAbsent;
}

RegisterRow RowOf(const Person& person, const MonthRegister& of, const StatusOfDay& status_of) {
  RegisterRow row;
  row.name = person.last_name.empty() || person.first_name.empty()
                 ? person.name
                 : person.last_name + ", " + person.first_name;
  row.lrn = person.lrn;
  row.sex = person.sex;
  size_t in_a_row = 0;
  SinceRegistered since(person);
  for (size_t i = 0; i < of.days.size(); ++i) {
    if (i >= of.held) {
      row.marks.push_back(RegisterMark::kNone);
      continue;
    }
    const auto status = status_of(person, of.days[i]);
    if (!since.Counts(of.days[i], status.has_value())) {
      row.marks.push_back(RegisterMark::kNotYet);
      continue;
    }
    const RegisterMark mark = MarkFrom(status);
    row.marks.push_back(mark);
    row.late += mark == RegisterMark::kLate ? 1 : 0;
    in_a_row = mark == RegisterMark::kAbsent ? in_a_row + 1 : 0;
    if (mark == RegisterMark::kAbsent) ++row.absent;
    if (status == Status::kExcused) ++row.excused;
    row.most_in_a_row = std::max(row.most_in_a_row, in_a_row);
  }
  return row;
}

// M before F before what nobody has said.
int OrderOf(std::string_view sex) { return sex == "M" ? 0 : sex == "F" ? 1 : 2; }

std::string RemarksOf(const RegisterRow& row) {
  std::string remarks;
  if (row.most_in_a_row >= kDaysInARow) {
    remarks = fmt::format("absent {} class days in a row", row.most_in_a_row);
  }
  if (row.excused > 0) {
    remarks += fmt::format("{}{} excused", remarks.empty() ? "" : "; ", row.excused);
  }
  return remarks;
}

// Writes the rows of one register into its sheet.
class RegisterWriter {
 public:
  RegisterWriter(const MonthRegister& of, ReportSink& sink) : of_(of), sink_(sink) {}

  Result<> Write() {
    TAMTAP_TRY(sheet_, sink_.AddSheet(Sheet()));
    for (const auto& [sex, heading] : kGroups) {
      if (of_.Learners(sex) == 0) continue;
      TAMTAP_RETURN_IF_ERROR(Heading(heading));
      size_t number = 0;
      for (const RegisterRow& row : of_.rows) {
        if (IsOf(row, sex)) TAMTAP_RETURN_IF_ERROR(Learner(++number, row));
      }
      TAMTAP_RETURN_IF_ERROR(Totals(fmt::format("{} | TOTAL Per Day", heading), sex));
    }
    TAMTAP_RETURN_IF_ERROR(Totals("Combined TOTAL PER DAY", kAll));
    return Summary();
  }

 private:
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kGroups = {
      {{"M", "MALE"}, {"F", "FEMALE"}, {"", "NOT STATED"}}};
  static constexpr size_t kBefore = 3;  // columns before the days
  static constexpr size_t kBehind = 3;

  ReportSheet Sheet() const {
    static constexpr std::string_view kLetters[] = {"M", "T", "W", "TH", "F", "S", "SU"};
    ReportSheet sheet;
    sheet.name = of_.section;
    sheet.titles = {"School Form 2 (SF2) Daily Attendance Report of Learners",
                    fmt::format("Section: {}   Grade: {}   Month: {}   Adviser: {}", of_.section,
                                of_.grade, of_.month, of_.adviser),
                    "x: absent   half mark: late   blank: present   -: not registered yet"};
    sheet.columns = {{"No.", 4}, {"LRN", 14}, {"LEARNER'S NAME", 30}};
    for (const std::string& day : of_.days) {
      const int number = std::stoi(day.substr(8));
      sheet.columns.push_back(
          {fmt::format("{} {}", number, kLetters[static_cast<size_t>(WeekdayOf(day))]), 4.5});
    }
    sheet.columns.push_back({"ABSENT", 8});
    sheet.columns.push_back({"TARDY", 8});
    sheet.columns.push_back({"REMARKS", 26});
    sheet.signers = {"Signature of Teacher over Printed Name",
                     "Signature of School Head over Printed Name"};
    return sheet;
  }

  std::vector<Cell> EmptyRow() const {
    return std::vector<Cell>(kBefore + of_.days.size() + kBehind);
  }

  Result<> Heading(std::string_view text) {
    auto cells = EmptyRow();
    cells[2] = {text, CellLook::kStrong};
    return sink_.AddRow(sheet_, cells);
  }

  Result<> Learner(size_t number, const RegisterRow& row) {
    auto cells = EmptyRow();
    cells[0] = Cell::Number(static_cast<double>(number));
    cells[1] = {row.lrn};
    cells[2] = {row.name};
    for (size_t i = 0; i < row.marks.size(); ++i) {
      if (row.marks[i] == RegisterMark::kAbsent) cells[kBefore + i] = {"x", CellLook::kMark};
      if (row.marks[i] == RegisterMark::kNotYet) cells[kBefore + i] = {"-", CellLook::kMark};
      if (row.marks[i] == RegisterMark::kLate) cells[kBefore + i] = {"", CellLook::kHalfMark};
    }
    const std::string remarks = RemarksOf(row);
    const size_t behind = kBefore + of_.days.size();
    cells[behind] = Cell::Number(static_cast<double>(row.absent));
    cells[behind + 1] = Cell::Number(static_cast<double>(row.late));
    cells[behind + 2] = {remarks};
    return sink_.AddRow(sheet_, cells);
  }

  Result<> Totals(const std::string& heading, std::string_view sex) {
    auto cells = EmptyRow();
    cells[2] = {heading, CellLook::kStrong};
    size_t absent = 0;
    size_t late = 0;
    for (const RegisterRow& row : of_.rows) {
      if (!IsOf(row, sex)) continue;
      absent += row.absent;
      late += row.late;
    }
    for (size_t i = of_.before; i < of_.held; ++i) {
      cells[kBefore + i] =
          Cell::Number(static_cast<double>(of_.PresentOn(i, sex)), CellLook::kStrong);
    }
    const size_t behind = kBefore + of_.days.size();
    cells[behind] = Cell::Number(static_cast<double>(absent), CellLook::kStrong);
    cells[behind + 1] = Cell::Number(static_cast<double>(late), CellLook::kStrong);
    return sink_.AddRow(sheet_, cells);
  }

  // A line with the figures of boys, girls and all of them, in the remarks: the columns of days are
  // too narrow.
  Result<> Figures(std::string_view what, const std::function<double(std::string_view)>& of) {
    auto cells = EmptyRow();
    cells[2] = {what};
    const std::string text = fmt::format("M {}  F {}  Total {}", NumberText(of("M")),
                                         NumberText(of("F")), NumberText(of(kAll)));
    cells.back() = {text};
    return sink_.AddRow(sheet_, cells);
  }

  Result<> Summary() {
    TAMTAP_RETURN_IF_ERROR(Heading("SUMMARY"));
    auto cells = EmptyRow();
    cells[2] = {"No. of Days of Classes"};
    const std::string held = std::to_string(of_.DaysOfClasses());
    cells.back() = {held};
    TAMTAP_RETURN_IF_ERROR(sink_.AddRow(sheet_, cells));
    TAMTAP_RETURN_IF_ERROR(Figures("Registered Learners as of end of the month",
                                   [&](auto sex) { return double(of_.Learners(sex)); }));
    TAMTAP_RETURN_IF_ERROR(
        Figures("Average Daily Attendance", [&](auto sex) { return of_.AverageDaily(sex); }));
    TAMTAP_RETURN_IF_ERROR(Figures("Percentage of Attendance for the month",
                                   [&](auto sex) { return of_.Percentage(sex); }));
    return Figures("Number of students absent for 5 consecutive days", [&](std::string_view sex) {
      return static_cast<double>(
          std::count_if(of_.rows.begin(), of_.rows.end(), [&](const RegisterRow& row) {
            return IsOf(row, sex) && row.most_in_a_row >= kDaysInARow;
          }));
    });
  }

  const MonthRegister& of_;
  ReportSink& sink_;
  size_t sheet_ = 0;
};

}  // namespace

size_t RegisterRow::present() const {
  return static_cast<size_t>(std::count_if(marks.begin(), marks.end(), IsHere));
}

size_t MonthRegister::PresentOn(size_t day, std::string_view sex) const {
  return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [&](const RegisterRow& row) {
    return IsOf(row, sex) && IsHere(row.marks[day]);
  }));
}

size_t MonthRegister::Learners(std::string_view sex) const {
  return static_cast<size_t>(std::count_if(rows.begin(), rows.end(),
                                           [&](const RegisterRow& row) { return IsOf(row, sex); }));
}

double MonthRegister::AverageDaily(std::string_view sex) const {
  if (DaysOfClasses() == 0) return 0;
  size_t sum = 0;
  for (size_t day = before; day < held; ++day) sum += PresentOn(day, sex);
  return static_cast<double>(sum) / static_cast<double>(DaysOfClasses());
}

double MonthRegister::Percentage(std::string_view sex) const {
  const size_t learners = Learners(sex);
  return learners == 0 ? 0 : 100.0 * AverageDaily(sex) / static_cast<double>(learners);
}

bool IsMonth(std::string_view text) { return text.size() == 7 && IsDay(std::string(text) + "-01"); }

std::string FirstDayOf(const std::string& month) { return month + "-01"; }

std::string LastDayOf(const std::string& month) {
  for (const char* const last : {"-31", "-30", "-29"}) {
    if (std::string day = month + last; IsDay(day)) return day;
  }
  return month + "-28";
}

MonthRegister MakeRegister(const std::string& section, const std::string& month,
                           const std::string& today, const Roster& roster,
                           const StatusOfDay& status_of) {
  MonthRegister made;
  made.section = section;
  made.month = month;
  for (const Schedule& schedule : roster.school().schedules) {
    if (schedule.section != section) continue;
    made.grade = schedule.grade;
    made.adviser = schedule.adviser_id;
  }
  const std::string last = LastDayOf(month);
  for (std::string day = FirstDayOf(month); day <= last; day = AddDays(day, 1)) {
    if (!roster.DayFor(section, day).has_classes) continue;
    made.days.push_back(day);
    made.held += day <= today ? 1 : 0;
  }
  for (const Person& person : roster.school().people) {
    if (person.role != Role::kStudent || person.section != section) continue;
    if (made.grade.empty()) made.grade = person.grade;
    made.rows.push_back(RowOf(person, made, status_of));
  }
  const auto nobody_on = [&](size_t day) {
    return std::all_of(made.rows.begin(), made.rows.end(), [&](const RegisterRow& row) {
      return row.marks[day] == RegisterMark::kNotYet;
    });
  };
  while (!made.rows.empty() && made.before < made.held && nobody_on(made.before)) ++made.before;
  std::stable_sort(made.rows.begin(), made.rows.end(),
                   [](const RegisterRow& a, const RegisterRow& b) {
                     return std::tuple(OrderOf(a.sex), a.name) < std::tuple(OrderOf(b.sex), b.name);
                   });
  return made;
}

Result<> WriteRegister(const MonthRegister& register_, ReportSink& sink) {
  return RegisterWriter(register_, sink).Write();
}

}  // namespace tamtap
