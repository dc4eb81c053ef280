// The attendance of a period as a table: a row an arrival or mark, in the columns that existing
// reports have, and if it is wanted one for each learner of whom nothing is known on a class day; a
// sheet a section and a summary, if there are several sections. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "report/report_sink.h"
#include "roster/roster.h"
#include "tap/record.h"

namespace tamtap {

std::string_view StatusWord(Status status);  // "On time" "Late" "Absent" "Excused"

struct AttendanceReportHead {
  std::string first_day;  // "YYYY-MM-DD"; both days are included
  std::string last_day;
  std::string today;                  // days after it are not counted
  std::vector<std::string> sections;  // whose learners it is about
  bool one_sheet = false;             // all in one table, and no summary
  bool lists_absent = false;          // also those of whom nothing is known
  std::string made_at;                // for people
  std::string made_by;
};

class AttendanceReport {
 public:
  // Both must outlive the report.
  AttendanceReport(AttendanceReportHead head, const Roster& roster, ReportSink& sink)
      : head_(std::move(head)), roster_(roster), sink_(sink) {}

  Result<> Begin();
  // In the order of days.
  Result<> Add(const Attendance& attendance);
  // In the same order: it is no row of this report, but its person is not absent on that day.
  void Know(const Attendance& attendance);
  // Adds the summary; the sink is finished by who owns it.
  Result<> End();

 private:
  struct Section {
    size_t sheet = 0;
    size_t learners = 0;
    size_t class_days = 0;
    size_t counts[4] = {};                     // of class days, by Status
    std::map<std::string, bool> classes = {};  // whether a day is a class day
  };
  // A learner of one of the sections.
  struct Learner {
    const Person* person = nullptr;
    std::string first_record = {};  // the day; empty: none is known
    std::string last_record = {};
  };
  Result<size_t> AddSheet(const std::string& name);
  Result<Section*> SectionOf(const std::string& name);
  std::string PeriodText() const;
  // Whether that day is one of theirs: they were registered, or had come before.
  static bool Counts(const Learner& learner, const std::string& day);
  // Adds who is absent on the days before `day` that are not yet listed.
  Result<> ListAbsentBefore(const std::string& day);
  // Class days of that section's learners, since each was registered or first known.
  size_t ExpectedOf(const std::string& name, const Section& section) const;

  const AttendanceReportHead head_;
  const Roster& roster_;
  ReportSink& sink_;
  std::map<std::string, Section> sections_;
  std::vector<Learner> learners_;                           // by name
  std::unordered_map<std::string_view, size_t> by_person_;  // their places
  std::string unlisted_;                                    // the first day without its absent ones
  size_t only_sheet_ = 0;
};

}  // namespace tamtap
