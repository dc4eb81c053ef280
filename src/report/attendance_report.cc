#include "report/attendance_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "tap/registered.h"

namespace tamtap {
namespace {

const std::vector<ReportColumn>& AttendanceColumns() {
  static const std::vector<ReportColumn> columns = {
      {"Student Name", 28}, {"Student Email", 26}, {"Section", 14}, {"Date", 11},
      {"Status", 9},        {"Time In", 9},        {"NFC ID", 16},  {"Photo Path", 30},
      {"Time Out", 9},      {"Remarks", 20}};
  return columns;
}

std::string PhotoPath(const Record& record) {
  return record.photo.empty() ? std::string() : record.day + "/" + record.photo;
}

}  // namespace

std::string_view StatusWord(Status status) {
  switch (status) {
    case Status::kOnTime:
      return "On time";
    case Status::kLate:
      return "Late";
    case Status::kAbsent:
      return "Absent";
    case Status::kExcused:
      return "Excused";
  }
  return "";
}

std::string AttendanceReport::PeriodText() const {
  return head_.first_day == head_.last_day
             ? head_.first_day
             : fmt::format("{} to {}", head_.first_day, head_.last_day);
}

Result<size_t> AttendanceReport::AddSheet(const std::string& name) {
  return sink_.AddSheet({name,
                         {"STUDENT ATTENDANCE RECORD", fmt::format("{}   {}", name, PeriodText()),
                          fmt::format("Made {} by {}", head_.made_at, head_.made_by)},
                         AttendanceColumns(),
                         {"Adviser", "Principal"}});
}

Result<> AttendanceReport::Begin() {
  if (head_.one_sheet) {
    TAMTAP_TRY(only_sheet_,
               AddSheet(head_.sections.size() == 1 ? head_.sections.front() : "All Sections"));
  }
  for (const std::string& name : head_.sections) {
    TAMTAP_TRY(Section * section, SectionOf(name));
    for (const Person& person : roster_.school().people) {
      if (person.role != Role::kStudent || person.section != name) continue;
      ++section->learners;
      learners_.push_back({&person});
    }
    const std::string last = std::min(head_.last_day, head_.today);
    for (std::string day = head_.first_day; day <= last; day = AddDays(day, 1)) {
      const bool classes = roster_.DayFor(name, day).has_classes;
      section->classes.emplace(day, classes);
      section->class_days += classes ? 1 : 0;
    }
  }
  std::stable_sort(learners_.begin(), learners_.end(), [](const Learner& a, const Learner& b) {
    return std::tie(a.person->section, a.person->name) <
           std::tie(b.person->section, b.person->name);
  });
  for (size_t i = 0; i < learners_.size(); ++i) by_person_.emplace(learners_[i].person->person, i);
  unlisted_ = head_.first_day;
  return {};
}

// Of somebody who is of no section now, too.
Result<AttendanceReport::Section*> AttendanceReport::SectionOf(const std::string& name) {
  const auto there = sections_.find(name);
  if (there != sections_.end()) return &there->second;
  Section section;
  section.sheet = only_sheet_;
  if (!head_.one_sheet) {
    TAMTAP_TRY(section.sheet, AddSheet(name.empty() ? "No section" : name));
  }
  return &sections_.emplace(name, std::move(section)).first->second;
}

void AttendanceReport::Know(const Attendance& attendance) {
  const Person* const owner = roster_.WhoseIs(attendance.arrival);
  const auto place = owner == nullptr ? by_person_.end() : by_person_.find(owner->person);
  if (place == by_person_.end()) return;
  Learner& learner = learners_[place->second];
  learner.last_record = attendance.arrival.day;
  if (learner.first_record.empty()) learner.first_record = learner.last_record;
}

bool AttendanceReport::Counts(const Learner& learner, const std::string& day) {
  const bool known = !learner.first_record.empty() && learner.first_record <= day;
  return known || WasRegisteredBy(*learner.person, day);
}

Result<> AttendanceReport::ListAbsentBefore(const std::string& day) {
  if (!head_.lists_absent) return {};
  const std::string end = std::min(day, AddDays(std::min(head_.last_day, head_.today), 1));
  for (; unlisted_ < end; unlisted_ = AddDays(unlisted_, 1)) {
    for (const Learner& learner : learners_) {
      const Section& section = sections_.at(learner.person->section);
      if (learner.last_record == unlisted_ || !section.classes.at(unlisted_) ||
          !Counts(learner, unlisted_)) {
        continue;
      }
      const std::array<Cell, 10> cells = {Cell{learner.person->name},
                                          Cell{learner.person->email},
                                          Cell{learner.person->section},
                                          Cell{unlisted_},
                                          Cell{StatusWord(Status::kAbsent)},
                                          Cell{},
                                          Cell{learner.person->NfcId()},
                                          Cell{},
                                          Cell{},
                                          Cell{"No tap"}};
      TAMTAP_RETURN_IF_ERROR(sink_.AddRow(section.sheet, cells));
    }
  }
  return {};
}

Result<> AttendanceReport::Add(const Attendance& attendance) {
  const Record& record = attendance.arrival;
  TAMTAP_RETURN_IF_ERROR(ListAbsentBefore(record.day));
  Know(attendance);
  TAMTAP_TRY(Section * section, SectionOf(record.section));
  const auto day = section->classes.find(record.day);
  if (day != section->classes.end() && day->second) {
    ++section->counts[static_cast<size_t>(record.status)];
  }
  // A mark that says nothing of a time has that at which it was made.
  const bool came = record.status == Status::kOnTime || record.status == Status::kLate ||
                    record.staff.marked_at.empty();
  const std::string photo = PhotoPath(record);
  const std::array<Cell, 10> cells = {Cell{record.name},
                                      Cell{record.email},
                                      Cell{record.section},
                                      Cell{record.day},
                                      Cell{StatusWord(record.status)},
                                      Cell{came ? std::string_view(record.time) : ""},
                                      Cell{record.NfcId()},
                                      Cell{photo},
                                      Cell{attendance.departure},
                                      Cell{record.staff.excuse_reason}};
  return sink_.AddRow(section->sheet, cells);
}

size_t AttendanceReport::ExpectedOf(const std::string& name, const Section& section) const {
  size_t expected = 0;
  for (const Learner& learner : learners_) {
    if (learner.person->section != name) continue;
    for (const auto& [day, has_classes] : section.classes) {
      expected += has_classes && Counts(learner, day) ? 1 : 0;
    }
  }
  return expected;
}

Result<> AttendanceReport::End() {
  TAMTAP_RETURN_IF_ERROR(ListAbsentBefore(AddDays(std::min(head_.last_day, head_.today), 1)));
  if (head_.one_sheet) return {};
  TAMTAP_TRY(const size_t sheet,
             sink_.AddSheet({"Summary",
                             {"ATTENDANCE SUMMARY", PeriodText(),
                              fmt::format("Made {} by {}", head_.made_at, head_.made_by)},
                             {{"Section", 20},
                              {"Learners", 10},
                              {"Class Days", 10},
                              {"On Time", 10},
                              {"Late", 10},
                              {"Excused", 10},
                              {"Absent", 10},
                              {"Attendance %", 12}},
                             {}}));
  Section all;
  size_t expected_of_all = 0;
  const auto add = [&](std::string_view name, const Section& section, size_t expected,
                       CellLook look) {
    const auto count = [&](Status status) { return section.counts[static_cast<size_t>(status)]; };
    const size_t here = count(Status::kOnTime) + count(Status::kLate);
    const size_t known = here + count(Status::kExcused);
    const size_t absent = std::max(expected, known) - known;
    const auto number = [look](size_t value) {
      return Cell::Number(static_cast<double>(value), look);
    };
    const double rate =
        expected == 0 ? 0 : 100.0 * static_cast<double>(here) / static_cast<double>(expected);
    const std::array<Cell, 8> cells = {Cell{name, look},
                                       number(section.learners),
                                       number(section.class_days),
                                       number(count(Status::kOnTime)),
                                       number(count(Status::kLate)),
                                       number(count(Status::kExcused)),
                                       number(absent),
                                       Cell::Number(rate, look)};
    return sink_.AddRow(sheet, cells);
  };
  for (const auto& [name, section] : sections_) {
    const size_t expected = ExpectedOf(name, section);
    TAMTAP_RETURN_IF_ERROR(add(name, section, expected, CellLook::kPlain));
    all.learners += section.learners;
    all.class_days = std::max(all.class_days, section.class_days);
    for (size_t i = 0; i < std::size(all.counts); ++i) all.counts[i] += section.counts[i];
    expected_of_all += expected;
  }
  return add("All", all, expected_of_all, CellLook::kStrong);
}

}  // namespace tamtap
