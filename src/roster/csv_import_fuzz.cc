// Any bytes as a roster or schedule in CSV: what is taken in without an error can be stored and
// read back, so that no file ever keeps a gate or a server from starting.
#include <boost/json.hpp>
#include <cstdint>

#include "base/check.h"
#include "base/csv_cell.h"
#include "roster/csv_import.h"
#include "tap/school_json.h"

namespace {

boost::json::value ReadBack(const boost::json::object& stored) {
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(boost::json::serialize(stored), failed);
  CHECK(!failed);
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tamtap;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CsvImport import = ParseRosterCsv(text);
  for (const std::string& error : import.errors) CHECK(!error.empty());
  if (!import.errors.empty()) return 0;
  CHECK(!import.people.empty() || !import.schedules.empty());
  for (const Person& person : import.people) {
    CHECK(!person.person.empty() && !person.name.empty() && !person.section.empty());
    CHECK(!CsvCell(person.name).starts_with('='));
  }
  School school;
  const size_t people = import.people.size();
  const CsvImport same = import;
  CHECK(AddToSchool(std::move(import), "2026-11-23", school) == people);
  CHECK(AddToSchool(same, "2026-11-23", school) == 0);  // twice is once
  for (const Person& person : school.people) {
    CHECK(PersonFromJson(ReadBack(ToJson(person)), person.role));
  }
  for (const Schedule& schedule : school.schedules) {
    CHECK(ScheduleFromJson(ReadBack(ToJson(schedule))));
  }
  return 0;
}
