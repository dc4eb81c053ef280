// Any bytes as a school's file of people or schedules. What is taken in without a complaint can be
// stored and read back, twice is once, and what is exported is read back the same: no file ever
// keeps a gate or a server from starting.
#include <boost/json.hpp>
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "school/import_plan.h"
#include "school/import_report.h"
#include "school/schedule_plan.h"
#include "tap/school_json.h"

namespace {

using namespace tamtap;

boost::json::value ReadBack(const boost::json::object& stored) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(boost::json::serialize(stored), failed);
  CHECK(!failed);
  return value;
}

template <typename Plan>
void CheckReport(const Plan& plan) {
  for (const LeftOut& each : plan.left_out) CHECK(!each.why.empty() && each.line > 0);
  for (const std::string& line : ReportLines(plan, Tense::kWouldBe)) CHECK(IsUtf8(line));
  ReadBack(ToJson(plan));
}

void CheckPeople(const RosterSheet& sheet) {
  const ImportOptions options{SameName::kAnotherPerson};
  School school;
  const ImportPlan plan = PlanImport(school, sheet, options);
  CheckReport(plan);
  if (!plan.possible()) return;
  ApplyImport(plan, "2026-11-23", school);
  CHECK(school.people.size() == sheet.people.size());
  CHECK(PlanImport(school, sheet, options).unchanged.size() == sheet.people.size());
  for (const Person& person : school.people) {
    CHECK(!person.person.empty() && !person.name.empty());
    CHECK(person.role == Role::kTeacher || !person.section.empty());
    CHECK(PersonFromJson(ReadBack(ToJson(person)), person.role));
  }
  for (const CsvFor reader : {CsvFor::kPrograms, CsvFor::kSpreadsheets}) {
    auto table = ReadTable(RosterCsv(school.people, reader));
    CHECK(table);
    auto again = ReadRosterSheet(*std::move(table));
    CHECK(again);
    CHECK(PlanImport(school, *std::move(again), options).unchanged.size() == school.people.size());
  }
}

void CheckSchedules(const ScheduleSheet& sheet) {
  School school;
  const SchedulePlan plan = PlanSchedules(school, sheet);
  CheckReport(plan);
  if (!plan.possible()) return;
  ApplySchedules(plan, school);
  for (const Schedule& schedule : school.schedules) {
    const auto read = ScheduleFromJson(ReadBack(ToJson(schedule)));
    CHECK(read && *read == schedule);
  }
  auto table = ReadTable(ScheduleCsv(school.schedules, CsvFor::kSpreadsheets));
  CHECK(table);
  auto again = ReadScheduleSheet(*std::move(table));
  CHECK(again);
  CHECK(PlanSchedules(school, *std::move(again)).unchanged.size() == school.schedules.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto table = ReadTable({reinterpret_cast<const char*>(data), size});
  if (!table) {
    CHECK(!table.error().Message().empty());
    return 0;
  }
  for (const TableRow& row : table->rows) {
    CHECK(row.line > 0 &&
          (!row.error.empty() || (!row.cells.empty() && !row.cells.back().empty())));
    for (const std::string& cell : row.cells) CHECK(IsUtf8(cell) && TrimSpace(cell) == cell);
  }
  if (const auto people = ReadRosterSheet(*table)) CheckPeople(*people);
  if (const auto schedules = ReadScheduleSheet(*table)) CheckSchedules(*schedules);
  return 0;
}
