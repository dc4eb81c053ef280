// What an import would do or has done, for people and for programs. In JSON, of people
//
//   {people, new: [{line, nfc_id, name, section, ...}], changed: [{line, nfc_id, name, section,
//    changes: [{field, from, to}]}], unchanged: [...], replacements: [as changed], left_out:
//    [{line, why}], missing: [{nfc_id, name, section, section_in_sheet}], removed: [...], notes:
//    ["..."]}
//
// and of schedules {schedules, new, changed, unchanged: [{line, section, ...}], left_out, missing:
// ["Narra"], notes}. `people` and `schedules` are how many the sheet has.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "school/import_plan.h"
#include "school/schedule_plan.h"

namespace tamtap {

enum class Tense { kWouldBe, kWasDone };

// A line a fact. Names may hold anything: print each by PrintLine(). Everybody who is new is named
// before it is done, and counted afterwards.
std::vector<std::string> ReportLines(const ImportPlan& plan, Tense tense);
std::vector<std::string> ReportLines(const SchedulePlan& plan, Tense tense);

// Of a plan that is not possible: the lines that keep it from being done.
std::vector<std::string> LinesInTheWay(const ImportPlan& plan);
std::vector<std::string> LinesInTheWay(const SchedulePlan& plan);

boost::json::object ToJson(const ImportPlan& plan);
boost::json::object ToJson(const SchedulePlan& plan);

}  // namespace tamtap
