// Roster: who is this, may they tap now, and are they on time? An immutable copy of the school's
// facts, made once and shared by any thread; the tap path never asks anything beyond it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "roster/card_index.h"
#include "tap/record.h"
#include "tap/school.h"
#include "tap/school_settings.h"
#include "tap/school_time.h"
#include "tap/verdict.h"

namespace tamtap {

// What kind of day it is for a section. A suspension beats a section's no-class beats the weekend
// beats instructional; a Saturday make-up, Saturdays by the school's settings, or hours of its own
// on that weekday, make a weekend day a class day.
enum class DayKind { kInstructional, kSuspension, kNoClass, kWeekend, kSaturdayMakeup };
std::string_view ToString(DayKind kind);  // "instructional" "suspension" "no-class" ...

struct DayOfSection {
  DayKind kind = DayKind::kInstructional;
  std::string reason;  // of the calendar entry that decided; may be empty
  bool has_classes = true;
  ClassHours hours;  // when there are classes; 07:00-17:00 if no schedule says otherwise. The end
                     // may lie behind the midnight after them
  int grace_minutes = 20;
  int absent_minutes = 60;
};

struct Admission {
  Refusal refusal = Refusal::kNone;  // kNone, kNoClassesToday or kClassesEnded
  Status status = Status::kOnTime;   // also of a tap that is taken all the same
  std::string
      day;  // the day of whose classes the tap is: the one on the wall, or the one before it
};

class Roster {
 public:
  explicit Roster(School school);

  CardOwner OwnerOf(const PresentedCard& card) const { return cards_.OwnerOf(card); }
  const Person* Find(const CardId& card) const;  // whose card it is now; null: nobody's
  const CardIndex& cards() const { return cards_; }
  // Whose day the record is of; null: of nobody who is in the school now. It names its person, and
  // a card that was given to somebody else since takes nothing with it. Only what an existing
  // database holds names the card alone; what is from before its owner was registered, and has
  // another name, is of whoever had the card then.
  const Person* WhoseIs(const Record& record) const;
  DayOfSection DayFor(std::string_view section, std::string_view day) const;
  // What that day is for the school as a whole: what it is for its first section that has classes.
  DayOfSection DayForAll(std::string_view day) const;
  // Minutes up to start + grace are on time, up to start + absent threshold late, later absent;
  // early is always welcome; after the end classes are over. While classes of the day before still
  // run, after midnight, a tap is of them, unless the person's classes of the new day have begun.
  Admission Admit(const Person& person, const LocalTime& now) const;
  // Whether somebody who taps now may be leaving classes of the day before: those that ended late,
  // for six hours, and not when the next ones of their section are nearer.
  bool MayLeaveDayBefore(std::string_view section, const LocalTime& now) const;
  // Minutes after midnight up to which any tap may be of the day before; negative: none is.
  int DayBeforeUntil() const;
  // The same if departures were recorded, as they may have been once.
  int MostDayBeforeUntil() const;
  const School& school() const { return school_; }
  const SchoolSettings& settings() const { return settings_; }

 private:
  const School school_;
  const SchoolSettings settings_;
  const CardIndex cards_;
  int latest_end_ = ClassHours{}.end;  // of any section on any day
  std::unordered_map<std::string, const Schedule*> by_section_;
};

}  // namespace tamtap
