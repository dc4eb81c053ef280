// One student's days: every class day of a period, and the months in figures. Thread-safe but for
// the sink.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "report/report_sink.h"
#include "roster/roster.h"
#include "tap/record.h"

namespace tamtap {

struct StudentReportHead {
  std::string first_day;
  std::string last_day;
  std::string today;
  std::string made_at;
  std::string made_by;
};

// `attendance` is of that person and period, by day. A class day up to today of which nothing is
// known is an absence.
Result<> WriteStudentReport(const StudentReportHead& head, const Person& person,
                            const Roster& roster, const std::vector<Attendance>& attendance,
                            ReportSink& sink);

}  // namespace tamtap
