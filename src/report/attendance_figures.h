// The figures of a period: of each day, of each section and of each learner in them. A learner is
// counted where they are now, whatever section their taps had; class days up to today count, and
// one of which nothing is known is an absence; those before a learner was registered, or has tapped
// for the first time, are none of theirs. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "roster/roster.h"
#include "tap/record.h"

namespace tamtap {

// How many there are of each status.
struct StatusCounts {
  size_t on_time = 0;
  size_t late = 0;
  size_t excused = 0;
  size_t absent = 0;

  size_t present() const { return on_time + late; }
  double RateOf(size_t all) const;  // percent of `all` that are present; 0 of none
  void Add(Status status);
};

// Of days of learners.
struct DayTally : StatusCounts {
  size_t expected = 0;  // class days of learners; the others sum up to it

  double rate() const { return RateOf(expected); }
  void Add(Status status) {
    ++expected;
    StatusCounts::Add(status);
  }
};

struct DayFigures {
  std::string day;  // "YYYY-MM-DD"; only those on which somebody had classes
  DayTally tally;
};

struct SectionFigures {
  std::string name;
  std::string grade;
  size_t learners = 0;
  size_t class_days = 0;
  DayTally tally;
  std::array<size_t, 7> late_by_weekday{};  // from Monday
};

struct LearnerFigures {
  const Person* person = nullptr;
  DayTally tally;
  size_t most_in_a_row = 0;  // absences, excused ones too
  // Up to the last class day; today only counts once something is known of it, or it is over.
  size_t in_a_row_now = 0;
};

struct PeriodFigures {
  DayTally tally;
  std::vector<DayFigures> days;          // in order
  std::vector<SectionFigures> sections;  // in the order in which they were asked for
  std::vector<LearnerFigures> learners;  // in the roster's order
};

class AttendanceFigures {
 public:
  // Days are "YYYY-MM-DD", and both are included; those after `today` are left out. The roster must
  // outlive the figures and what Count() returns.
  AttendanceFigures(std::string first_day, const std::string& last_day, std::string today,
                    std::vector<std::string> sections, const Roster& roster);

  // In any order; of other days and people nothing is taken.
  void Add(const Attendance& attendance);
  PeriodFigures Count() const;

 private:
  struct Learner {
    const Person* person;
    size_t section;
    std::vector<int8_t> statuses;  // by day; negative: nothing is known
  };
  LearnerFigures CountLearner(const Learner& learner, PeriodFigures& sum) const;

  const std::string today_;
  const Roster& roster_;
  std::vector<std::string> days_;
  std::vector<std::string> sections_;
  std::vector<std::vector<bool>> classes_;  // of a section on a day
  std::vector<Learner> learners_;
  std::unordered_map<std::string_view, size_t> by_person_;
  std::unordered_map<std::string_view, size_t> by_day_;
};

}  // namespace tamtap
