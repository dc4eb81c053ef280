// tamtap schedule import | export | list | remove
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "cli/command.h"
#include "cli/master.h"
#include "cli/sheet_import.h"
#include "school/schedule_sheet.h"
#include "tap/school_json.h"

namespace tamtap::cli {
namespace {

// "mon-fri 07:00-16:00, sat 08:00-12:00"
std::string WeekText(const Schedule& schedule) {
  const auto short_name = [](size_t day) {
    return WeekdayName(static_cast<int>(day)).substr(0, 3);
  };
  std::vector<std::string> parts;
  for (size_t day = 0; day < schedule.week.size();) {
    const auto& hours = schedule.week[day];
    const size_t first = day;
    while (day < schedule.week.size() && schedule.week[day] == hours) ++day;
    if (!hours) continue;
    const std::string days = day - first == 1
                                 ? std::string(short_name(first))
                                 : fmt::format("{}-{}", short_name(first), short_name(day - 1));
    parts.push_back(fmt::format("{} {}-{}", days, ClockText(hours->start), EndText(*hours)));
  }
  return parts.empty() ? "no classes" : fmt::format("{}", fmt::join(parts, ", "));
}

int Export(const Settings& settings, CsvFor reader) {
  const auto shown = ShowSchool(settings);
  if (!shown) return Fail(shown.error());
  Print(ScheduleCsv(shown->school.schedules, reader));
  return kDone;
}

int List(const Settings& settings) {
  const auto shown = ShowSchool(settings);
  if (!shown) return Fail(shown.error());
  if (settings.json) {
    boost::json::array list;
    for (const Schedule& schedule : shown->school.schedules) list.push_back(ToJson(schedule));
    Print(boost::json::serialize(list) + "\n");
    return kDone;
  }
  for (const Schedule& schedule : shown->school.schedules) {
    PrintLine(fmt::format("{:<20}  {:<6}  {:<20}  {}  (late after {}, absent after {} minutes)",
                          schedule.section, schedule.grade, schedule.adviser_id, WeekText(schedule),
                          schedule.grace_period_minutes, schedule.absent_threshold_minutes));
  }
  PrintLine(fmt::format("{} schedules in {}", shown->school.schedules.size(), shown->master));
  return kDone;
}

int Remove(const Settings& settings, const std::string& section) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  std::string name;  // as the school spells it
  const auto changed = master->Change([&](School& school) -> Result<> {
    const auto there = std::find_if(school.schedules.begin(), school.schedules.end(),
                                    [&](const Schedule& each) { return each.section == section; });
    if (there == school.schedules.end()) {
      return Error{ErrorCode::kRejected, fmt::format("remove the schedule of '{}'", section), 0,
                   "there is none; `tamtap schedule list` shows the sections that have one"};
    }
    name = there->section;
    school.schedules.erase(there);
    return {};
  });
  if (!changed) return Fail(changed.error());
  if (!SayWhatWasRefused(*changed)) return kProblem;
  if (settings.json) {
    Print(boost::json::serialize(
              boost::json::object{{"section", name}, {"central", master->name()}}) +
          "\n");
  } else {
    PrintLine(fmt::format("{} has no schedule any more in {}: 07:00 to 17:00 holds for it", name,
                          master->name()));
  }
  return kDone;
}

}  // namespace

void AddSchedule(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const schedule = app.add_subcommand("schedule", "The hours of the school's sections");
  schedule->require_subcommand(1);

  CLI::App* const import = schedule->add_subcommand(
      "import", "Add or change schedules from a CSV or Excel file; all of it or nothing");
  static SheetArguments arguments;
  import
      ->add_option("FILE", arguments.file,
                   "CSV or .xlsx with the columns Section,Grade,Adviser Name,Mon Start,Mon End,...")
      ->required();
  import->add_flag("--dry-run", arguments.dry_run, "Say what would change, and change nothing");
  AddCommonFlags(*import, settings);
  AddStoreFlags(*import, settings);
  import->callback(
      [&] { action = [&] { return ImportSheet(settings, arguments, SheetOf::kSchedules); }; });

  CLI::App* const exporting = schedule->add_subcommand("export", "Print the schedules as CSV");
  static CsvFor reader;
  AddCsvReader(*exporting, reader);
  AddCommonFlags(*exporting, settings);
  AddStoreFlags(*exporting, settings);
  exporting->callback([&] { action = [&] { return Export(settings, reader); }; });

  CLI::App* const list = schedule->add_subcommand("list", "Print the hours of each section");
  AddCommonFlags(*list, settings);
  AddStoreFlags(*list, settings);
  list->callback([&] { action = [&] { return List(settings); }; });

  CLI::App* const remove =
      schedule->add_subcommand("remove", "Take a section's hours out; those of every school hold");
  static std::string section;
  remove->add_option("SECTION", section, "As `tamtap schedule list` shows it")->required();
  AddCommonFlags(*remove, settings);
  AddStoreFlags(*remove, settings);
  remove->callback([&] { action = [&] { return Remove(settings, section); }; });
}

}  // namespace tamtap::cli
