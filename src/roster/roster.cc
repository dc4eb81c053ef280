#include "roster/roster.h"

namespace tamtap {
namespace {

constexpr int kSaturday = 5;

bool Covers(const CalendarEntry& entry, std::string_view section, std::string_view day) {
  return entry.first_day <= day && day <= entry.last_day &&
         (entry.section.empty() || entry.section == section);
}

}  // namespace

std::string_view ToString(DayKind kind) {
  switch (kind) {
    case DayKind::kInstructional:
      return "instructional";
    case DayKind::kSuspension:
      return "suspension";
    case DayKind::kNoClass:
      return "no-class";
    case DayKind::kWeekend:
      return "weekend";
    case DayKind::kSaturdayMakeup:
      return "saturday-makeup";
  }
  return "instructional";
}

Roster::Roster(School school) : school_(std::move(school)) {
  by_card_.reserve(school_.people.size());
  for (const Person& person : school_.people) by_card_.emplace(person.card.text(), &person);
  for (const Schedule& schedule : school_.schedules) {
    by_section_.emplace(schedule.section, &schedule);
  }
}

const Person* Roster::Find(const CardId& card) const {
  const auto found = by_card_.find(card.text());
  return found == by_card_.end() ? nullptr : found->second;
}

DayOfSection Roster::DayFor(std::string_view section, std::string_view day) const {
  const auto found = by_section_.find(std::string(section));
  const Schedule* const schedule = found == by_section_.end() ? nullptr : found->second;
  const int weekday = WeekdayOf(day);
  const bool weekend = weekday >= kSaturday;

  DayOfSection result;
  std::optional<ClassHours> hours;
  if (schedule != nullptr) {
    hours = schedule->week[static_cast<size_t>(weekday)];
    result.grace_minutes = schedule->grace_period_minutes;
    result.absent_minutes = schedule->absent_threshold_minutes;
  } else if (!weekend) {
    hours = ClassHours{};
  }

  const CalendarEntry* decisive = nullptr;
  const auto decide = [&](CalendarKind kind) {
    for (const CalendarEntry& entry : school_.calendar) {
      if (decisive == nullptr && entry.kind == kind && Covers(entry, section, day)) {
        decisive = &entry;
      }
    }
    return decisive != nullptr;
  };
  if (decide(CalendarKind::kSuspension)) {
    result.kind = DayKind::kSuspension;
  } else if (decide(CalendarKind::kNoClass)) {
    result.kind = DayKind::kNoClass;
  } else if (weekday == kSaturday && decide(CalendarKind::kSaturdayMakeup)) {
    result.kind = DayKind::kSaturdayMakeup;
    if (!hours) hours = ClassHours{};
  } else if (weekend && !hours) {
    result.kind = DayKind::kWeekend;
  }
  if (decisive != nullptr) result.reason = decisive->reason;
  const bool class_day =
      result.kind == DayKind::kInstructional || result.kind == DayKind::kSaturdayMakeup;
  result.has_classes = class_day && hours.has_value();
  result.hours = hours.value_or(ClassHours{});
  return result;
}

Admission Roster::Admit(const Person& person, const LocalTime& now) const {
  const DayOfSection day = DayFor(person.section, now.day);
  if (!day.has_classes) return {Refusal::kNoClassesToday, Status::kOnTime};
  if (now.minutes > day.hours.end) return {Refusal::kClassesEnded, Status::kAbsent};
  const int after_start = now.minutes - day.hours.start;
  if (after_start <= day.grace_minutes) return {Refusal::kNone, Status::kOnTime};
  if (after_start <= day.absent_minutes) return {Refusal::kNone, Status::kLate};
  return {Refusal::kNone, Status::kAbsent};
}

}  // namespace tamtap
