#include "roster/roster.h"

#include <algorithm>
#include <set>

#include "tap/same_person.h"

namespace tamtap {
namespace {

constexpr size_t kSaturday = 5;
constexpr int kMidnight = 24 * 60;
constexpr int kLeaveWithin = 6 * 60;  // after the end of classes

// The hours of a Saturday that is a class day, and has none of its own: those of the last weekday
// that has some.
ClassHours SaturdayHours(const Schedule* schedule) {
  if (schedule == nullptr) return ClassHours{};
  if (schedule->week[kSaturday]) return *schedule->week[kSaturday];
  for (size_t day = kSaturday; day-- > 0;) {
    if (schedule->week[day]) return *schedule->week[day];
  }
  return ClassHours{};
}

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

Roster::Roster(School school)
    : school_(std::move(school)),
      settings_(ReadSettings(school_.settings)),
      cards_(school_.people) {
  for (const Schedule& schedule : school_.schedules) {
    by_section_.emplace(schedule.section, &schedule);
    for (const auto& hours : schedule.week) {
      if (hours) latest_end_ = std::max(latest_end_, hours->end);
    }
  }
}

const Person* Roster::WhoseIs(const Record& record) const {
  if (!record.tap.terminal.empty()) return cards_.FindPerson(record.person);
  const Person* const owner = cards_.Find(record.NfcId());
  if (owner == nullptr || owner->registered.empty() || record.date >= owner->registered) {
    return owner;
  }
  // From before they were registered: theirs if it has their name, as of a list that was moved in.
  return MayBeTheSame(NamedLike(record), *owner) ? owner : nullptr;
}

const Person* Roster::Find(const CardId& card) const {
  const CardOwner owner = OwnerOf(PresentedCard::Uid(card));
  return owner.refusal == Refusal::kNone ? owner.person : nullptr;
}

DayOfSection Roster::DayFor(std::string_view section, std::string_view day) const {
  const auto found = by_section_.find(std::string(section));
  const Schedule* const schedule = found == by_section_.end() ? nullptr : found->second;
  const auto weekday = static_cast<size_t>(WeekdayOf(day));
  const bool weekend = weekday >= kSaturday;

  DayOfSection result;
  result.grace_minutes = settings_.grace_minutes;
  result.absent_minutes = settings_.absent_minutes;
  std::optional<ClassHours> hours;
  if (schedule != nullptr) {
    hours = schedule->week[weekday];
    result.grace_minutes = schedule->grace_period_minutes;
    result.absent_minutes = schedule->absent_threshold_minutes;
  } else if (!weekend) {
    hours = ClassHours{};
  }
  if (weekday == kSaturday && settings_.saturday_classes) hours = SaturdayHours(schedule);

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
    hours = SaturdayHours(schedule);
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

DayOfSection Roster::DayForAll(std::string_view day) const {
  std::set<std::string_view> sections;
  for (const Person& person : school_.people) {
    if (person.role == Role::kStudent) sections.insert(person.section);
  }
  for (const Schedule& schedule : school_.schedules) sections.insert(schedule.section);
  if (sections.empty()) return DayFor("", day);
  for (const std::string_view section : sections) {
    DayOfSection each = DayFor(section, day);
    if (each.has_classes) return each;
  }
  return DayFor(*sections.begin(), day);
}

Admission Roster::Admit(const Person& person, const LocalTime& now) const {
  DayOfSection classes = DayFor(person.section, now.day);
  std::string day = now.day;
  int minutes = now.minutes;
  const bool begun = classes.has_classes && now.minutes >= classes.hours.start;
  if (!begun && now.minutes + kMidnight <= latest_end_) {
    const std::string before = AddDays(now.day, -1);
    DayOfSection evening = DayFor(person.section, before);
    if (evening.has_classes && now.minutes + kMidnight <= evening.hours.end) {
      classes = std::move(evening);
      day = before;
      minutes += kMidnight;
    }
  }
  if (!classes.has_classes) return {Refusal::kNoClassesToday, Status::kOnTime, day};
  if (minutes > classes.hours.end) return {Refusal::kClassesEnded, Status::kAbsent, day};
  const int after_start = minutes - classes.hours.start;
  if (after_start <= classes.grace_minutes) return {Refusal::kNone, Status::kOnTime, day};
  if (after_start <= classes.absent_minutes) return {Refusal::kNone, Status::kLate, day};
  return {Refusal::kNone, Status::kAbsent, day};
}

bool Roster::MayLeaveDayBefore(std::string_view section, const LocalTime& now) const {
  const int minutes = now.minutes + kMidnight;
  if (minutes > latest_end_ + kLeaveWithin) return false;
  const DayOfSection evening = DayFor(section, AddDays(now.day, -1));
  if (!evening.has_classes || minutes > evening.hours.end + kLeaveWithin) return false;
  const DayOfSection next = DayFor(section, now.day);
  return !next.has_classes || minutes - evening.hours.end < next.hours.start + kMidnight - minutes;
}

int Roster::DayBeforeUntil() const {
  return settings_.departures.on ? MostDayBeforeUntil() : latest_end_ - kMidnight;
}

int Roster::MostDayBeforeUntil() const { return latest_end_ + kLeaveWithin - kMidnight; }

}  // namespace tamtap
