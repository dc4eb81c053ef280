#include "report/attendance_figures.h"

#include <algorithm>

#include "tap/registered.h"

namespace tamtap {
namespace {

constexpr int8_t kNothingKnown = -1;

}  // namespace

double StatusCounts::RateOf(size_t all) const {
  return all == 0 ? 0 : 100.0 * static_cast<double>(present()) / static_cast<double>(all);
}

void StatusCounts::Add(Status status) {
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
      ++absent;
      return;
  }
}

AttendanceFigures::AttendanceFigures(std::string first_day, const std::string& last_day,
                                     std::string today, std::vector<std::string> sections,
                                     const Roster& roster)
    : today_(std::move(today)), roster_(roster), sections_(std::move(sections)) {
  const std::string last = std::min(last_day, today_);
  for (std::string day = std::move(first_day); day <= last; day = AddDays(day, 1)) {
    days_.push_back(day);
  }
  for (size_t i = 0; i < days_.size(); ++i) by_day_.emplace(days_[i], i);
  std::unordered_map<std::string_view, size_t> places;
  for (const std::string& section : sections_) {
    places.emplace(section, classes_.size());
    std::vector<bool>& classes = classes_.emplace_back();
    for (const std::string& day : days_) {
      classes.push_back(roster_.DayFor(section, day).has_classes);
    }
  }
  for (const Person& person : roster_.school().people) {
    const auto section = places.find(person.section);
    if (person.role != Role::kStudent || section == places.end()) continue;
    by_person_.emplace(person.person, learners_.size());
    learners_.push_back(
        {&person, section->second, std::vector<int8_t>(days_.size(), kNothingKnown)});
  }
}

void AttendanceFigures::Add(const Attendance& attendance) {
  const Record& record = attendance.arrival;
  const auto day = by_day_.find(record.day);
  if (day == by_day_.end()) return;
  auto learner = by_person_.find(record.person);
  if (learner == by_person_.end()) {
    // What existing databases hold names the card alone.
    const Person* const owner = roster_.WhoseIs(record);
    if (owner != nullptr) learner = by_person_.find(owner->person);
  }
  if (learner == by_person_.end()) return;
  learners_[learner->second].statuses[day->second] = static_cast<int8_t>(record.status);
}

LearnerFigures AttendanceFigures::CountLearner(const Learner& learner, PeriodFigures& sum) const {
  LearnerFigures figures;
  figures.person = learner.person;
  SectionFigures& section = sum.sections[learner.section];
  ++section.learners;
  SinceRegistered since(*learner.person);
  for (size_t i = 0; i < days_.size(); ++i) {
    const int8_t known = learner.statuses[i];
    if (!since.Counts(days_[i], known >= 0) || !classes_[learner.section][i]) continue;
    const Status status = known < 0 ? Status::kAbsent : static_cast<Status>(known);
    for (DayTally* const tally : {&figures.tally, &section.tally, &sum.tally, &sum.days[i].tally}) {
      tally->Add(status);
    }
    if (status == Status::kLate) {
      ++section.late_by_weekday[static_cast<size_t>(WeekdayOf(days_[i]))];
    }
    if (status == Status::kOnTime || status == Status::kLate) {
      figures.in_a_row_now = 0;
    } else if (known >= 0 || days_[i] != today_) {
      ++figures.in_a_row_now;
      figures.most_in_a_row = std::max(figures.most_in_a_row, figures.in_a_row_now);
    }
  }
  return figures;
}

PeriodFigures AttendanceFigures::Count() const {
  PeriodFigures sum;
  for (const std::string& day : days_) sum.days.push_back({day, {}});
  for (size_t i = 0; i < sections_.size(); ++i) {
    SectionFigures& section = sum.sections.emplace_back();
    section.name = sections_[i];
    section.class_days =
        static_cast<size_t>(std::count(classes_[i].begin(), classes_[i].end(), true));
  }
  for (const Learner& learner : learners_) {
    sum.learners.push_back(CountLearner(learner, sum));
    std::string& grade = sum.sections[learner.section].grade;
    if (grade.empty()) grade = learner.person->grade;
  }
  std::erase_if(sum.days, [](const DayFigures& each) { return each.tally.expected == 0; });
  return sum;
}

}  // namespace tamtap
