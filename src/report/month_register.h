// A section's register of one month, in the shape of DepEd's School Form 2 (Daily Attendance Report
// of Learners): a row a learner, boys first, a column a class day, x for absent and a half mark for
// late; totals of each day and each learner, the average daily attendance, the percentage of
// attendance, and who was absent on five class days in a row. Pure values and functions, but for
// the sink.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/report_sink.h"
#include "roster/roster.h"
#include "tap/record.h"

namespace tamtap {

inline constexpr size_t kDaysInARow = 5;

// kNone: the day is yet to come. kNotYet: the learner was not registered yet, nor had tapped.
enum class RegisterMark { kNone, kNotYet, kPresent, kLate, kAbsent };

struct RegisterRow {
  std::string name;  // "Reyes, Ana"
  std::string lrn;
  std::string sex;  // "M", "F" or empty
  std::vector<RegisterMark> marks;
  size_t absent = 0;   // excused ones among them
  size_t excused = 0;  // of the absences
  size_t late = 0;
  size_t most_in_a_row = 0;  // absences

  size_t present() const;
};

struct MonthRegister {
  std::string section;
  std::string grade;
  std::string adviser;
  std::string month;              // "YYYY-MM"
  std::vector<std::string> days;  // class days of the month
  size_t held = 0;                // of these, up to today
  size_t before = 0;              // of those held, before anybody was registered
  std::vector<RegisterRow> rows;  // by sex (boys, girls, not stated), then by name

  // How many of that sex were there on that day. "all": of everybody.
  size_t PresentOn(size_t day, std::string_view sex) const;
  size_t Learners(std::string_view sex) const;
  // On how many days there were classes for somebody.
  size_t DaysOfClasses() const { return held - before; }
  // The sum of every day's attendance, divided by the number of days of classes.
  double AverageDaily(std::string_view sex) const;
  // Of those who are registered.
  double Percentage(std::string_view sex) const;
};

// "YYYY-MM" of a month that exists.
bool IsMonth(std::string_view text);
// Its first and its last day.
std::string FirstDayOf(const std::string& month);
std::string LastDayOf(const std::string& month);

// What is known of a learner's day; nothing: they did not tap, and nobody marked them.
using StatusOfDay =
    std::function<std::optional<Status>(const Person& person, const std::string& day)>;

MonthRegister MakeRegister(const std::string& section, const std::string& month,
                           const std::string& today, const Roster& roster,
                           const StatusOfDay& status_of);

// Adds it as a sheet.
Result<> WriteRegister(const MonthRegister& register_, ReportSink& sink);

}  // namespace tamtap
