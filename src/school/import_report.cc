#include "school/import_report.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "tap/record.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

std::string PersonText(const Person& person) {
  return person.section.empty()
             ? fmt::format("{} ({})", person.name, person.NfcId())
             : fmt::format("{} of {} ({})", person.name, person.section, person.NfcId());
}

std::string ChangesText(const std::vector<FieldChange>& changes) {
  const auto shown = [](const std::string& value) {
    return value.empty() ? std::string("nothing") : fmt::format("'{}'", value);
  };
  std::vector<std::string> texts;
  for (const FieldChange& each : changes) {
    texts.push_back(fmt::format("{} from {} to {}", each.field, shown(each.from), shown(each.to)));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

json::array ChangesJson(const std::vector<FieldChange>& changes) {
  json::array list;
  for (const FieldChange& each : changes) {
    list.push_back({{"field", each.field}, {"from", each.from}, {"to", each.to}});
  }
  return list;
}

json::object Located(size_t line, json::object fields) {
  fields.emplace("line", line);
  return fields;
}

json::array PeopleJson(const std::vector<NewPerson>& people) {
  json::array list;
  for (const NewPerson& each : people) {
    json::object person = ToJson(each.person);
    if (each.person.tamtap_id.empty()) {  // not given yet
      person.erase("tamtap_id");
      person.erase("registered");
    }
    list.push_back(Located(each.line, std::move(person)));
  }
  return list;
}

json::array ChangedJson(const std::vector<ChangedPerson>& people) {
  json::array list;
  for (const ChangedPerson& each : people) {
    json::object person = Located(each.line, ToJson(each.after));
    person.emplace("changes", ChangesJson(each.changes));
    list.push_back(std::move(person));
  }
  return list;
}

json::array LeftOutJson(const std::vector<LeftOut>& left_out) {
  json::array list;
  for (const LeftOut& each : left_out) list.push_back({{"line", each.line}, {"why", each.why}});
  return list;
}

json::array SchedulesJson(const std::vector<PlannedSchedule>& schedules, bool with_changes) {
  json::array list;
  for (const PlannedSchedule& each : schedules) {
    json::object schedule = Located(each.line, ToJson(each.schedule));
    if (with_changes) schedule.emplace("changes", ChangesJson(each.changes));
    list.push_back(std::move(schedule));
  }
  return list;
}

void AddLeftOut(const std::vector<LeftOut>& left_out, std::vector<std::string>& lines) {
  for (const LeftOut& each : left_out)
    lines.push_back(fmt::format("line {}: {}", each.line, each.why));
}

void AddReplacements(const ImportPlan& plan, std::vector<std::string>& lines) {
  const bool settled = plan.options.same_name == SameName::kReplaceCard;
  for (const ChangedPerson& each : plan.replacements) {
    lines.push_back(
        fmt::format("line {}: {} {}: {}", each.line, PersonText(each.before),
                    settled ? "gets a new card" : "has a new card, or is it somebody else",
                    ChangesText(each.changes)));
  }
}

// Those of the sheet's sections by name; of whole sections that the sheet does not have, how many.
void AddMissing(const ImportPlan& plan, Tense tense, std::vector<std::string>& lines) {
  std::map<std::string, size_t> elsewhere;
  const char* const fate = !plan.options.remove_missing ? "not in the file"
                           : tense == Tense::kWasDone   ? "not in the file, removed"
                                                        : "not in the file, to be removed";
  for (const MissingPerson& each : plan.missing) {
    if (each.section_in_sheet) {
      lines.push_back(fmt::format("{}: {}", fate, PersonText(each.person)));
    } else {
      ++elsewhere[each.person.section];
    }
  }
  for (const auto& [section, count] : elsewhere) {
    lines.push_back(fmt::format("not in the file: section {} ({} people)",
                                section.empty() ? "''" : section, count));
  }
}

size_t PeopleIn(const ImportPlan& plan) {
  return plan.added.size() + plan.changed.size() + plan.unchanged.size() + plan.replacements.size();
}

}  // namespace

std::vector<std::string> ReportLines(const ImportPlan& plan, Tense tense) {
  const bool done = tense == Tense::kWasDone;
  std::vector<std::string> lines;
  if (!done) {
    for (const NewPerson& each : plan.added) {
      lines.push_back(fmt::format("line {}: {} is new", each.line, PersonText(each.person)));
    }
  }
  for (const ChangedPerson& each : plan.changed) {
    lines.push_back(fmt::format("line {}: {}: {}", each.line, PersonText(each.before),
                                ChangesText(each.changes)));
  }
  AddReplacements(plan, lines);
  for (const NewPerson& each : plan.unreadable) {
    lines.push_back(fmt::format("line {}: {} is kept, but no reader can read the card '{}'",
                                each.line, each.person.name, each.person.NfcId()));
  }
  AddLeftOut(plan.left_out, lines);
  AddMissing(plan, tense, lines);
  lines.push_back(fmt::format("{} people{}: {} new, {} changed, {} unchanged, {} with a new card",
                              PeopleIn(plan), done ? " imported" : "", plan.added.size(),
                              plan.changed.size(), plan.unchanged.size(),
                              plan.replacements.size()));
  return lines;
}

std::vector<std::string> ReportLines(const SchedulePlan& plan, Tense tense) {
  const bool done = tense == Tense::kWasDone;
  std::vector<std::string> lines;
  if (!done) {
    for (const PlannedSchedule& each : plan.added) {
      lines.push_back(fmt::format("line {}: section {} is new", each.line, each.schedule.section));
    }
  }
  for (const PlannedSchedule& each : plan.changed) {
    lines.push_back(fmt::format("line {}: section {}: {}", each.line, each.schedule.section,
                                ChangesText(each.changes)));
  }
  AddLeftOut(plan.left_out, lines);
  for (const std::string& section : plan.missing) {
    lines.push_back(fmt::format("not in the file: section {}", section));
  }
  lines.push_back(fmt::format("{} schedules{}: {} new, {} changed, {} unchanged",
                              plan.added.size() + plan.changed.size() + plan.unchanged.size(),
                              done ? " imported" : "", plan.added.size(), plan.changed.size(),
                              plan.unchanged.size()));
  return lines;
}

std::vector<std::string> LinesInTheWay(const ImportPlan& plan) {
  std::vector<std::string> lines;
  if (plan.options.same_name != SameName::kReplaceCard) AddReplacements(plan, lines);
  AddLeftOut(plan.left_out, lines);
  return lines;
}

std::vector<std::string> LinesInTheWay(const SchedulePlan& plan) {
  std::vector<std::string> lines;
  AddLeftOut(plan.left_out, lines);
  return lines;
}

json::object ToJson(const ImportPlan& plan) {
  json::array missing;
  json::array removed;
  for (const MissingPerson& each : plan.missing) {
    const bool goes = plan.options.remove_missing && each.section_in_sheet;
    json::object person{{"nfc_id", each.person.NfcId()},
                        {"name", each.person.name},
                        {"section", each.person.section},
                        {"role", ToString(each.person.role)},
                        {"section_in_sheet", each.section_in_sheet}};
    if (goes) removed.push_back(person);
    missing.push_back(std::move(person));
  }
  return {{"people", PeopleIn(plan)},
          {"new", PeopleJson(plan.added)},
          {"changed", ChangedJson(plan.changed)},
          {"unchanged", PeopleJson(plan.unchanged)},
          {"replacements", ChangedJson(plan.replacements)},
          {"unreadable", PeopleJson(plan.unreadable)},
          {"left_out", LeftOutJson(plan.left_out)},
          {"missing", std::move(missing)},
          {"removed", std::move(removed)},
          {"notes", json::value_from(plan.notes)}};
}

json::object ToJson(const SchedulePlan& plan) {
  return {{"schedules", plan.added.size() + plan.changed.size() + plan.unchanged.size()},
          {"new", SchedulesJson(plan.added, false)},
          {"changed", SchedulesJson(plan.changed, true)},
          {"unchanged", SchedulesJson(plan.unchanged, false)},
          {"left_out", LeftOutJson(plan.left_out)},
          {"missing", json::value_from(plan.missing)},
          {"notes", json::value_from(plan.notes)}};
}

}  // namespace tamtap
