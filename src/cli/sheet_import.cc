#include "cli/sheet_import.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/disk.h"
#include "cli/command.h"
#include "cli/master.h"
#include "school/import_report.h"
#include "school/schedule_plan.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

// What differs between people and schedules: how the plan is made of a school, and how it is done.
template <typename Plan>
struct Steps {
  std::function<Plan(const School&)> plan;
  std::function<void(const Plan&, School&)> apply;
};

void SayWhatIsInTheWay(const ImportPlan& plan) {
  if (plan.options.same_name == SameName::kAsk && !plan.replacements.empty()) {
    Complain(
        "tamtap: if these people have a new card, add --same-name replace-card; if they are other "
        "people of the same name, add --same-name another-person");
  }
  if (!plan.left_out.empty()) Complain("tamtap: mend these lines and import again");
}

void SayWhatIsInTheWay(const SchedulePlan&) {
  Complain("tamtap: mend these lines and import again");
}

template <typename Plan>
void PrintJson(const SheetArguments& arguments, const Plan& plan, bool done) {
  boost::json::object report = ToJson(plan);
  report.emplace("imported", done);
  report.emplace("dry_run", arguments.dry_run);
  Print(boost::json::serialize(report) + "\n");
}

// Says what `master` was told, or would be told.
template <typename Plan>
int Report(const Settings& settings, const SheetArguments& arguments, const Plan& plan,
           const Master& master) {
  const bool done = plan.possible() && !arguments.dry_run;
  if (settings.json) {
    PrintJson(arguments, plan, done);
    return plan.possible() ? kDone : kProblem;
  }
  for (const std::string& note : plan.notes) {
    Complain(fmt::format("{}: {}", arguments.file, note));
  }
  if (!plan.possible() && !arguments.dry_run) {
    for (const std::string& line : LinesInTheWay(plan)) {
      Complain(fmt::format("{}: {}", arguments.file, line));
    }
  } else {
    const auto lines = ReportLines(plan, done ? Tense::kWasDone : Tense::kWouldBe);
    for (const std::string& line : lines) {
      const bool last = &line == &lines.back();
      PrintLine(last ? fmt::format("{}; in {}", line, master.name()) : line);
    }
  }
  if (plan.possible()) return kDone;
  Complain("tamtap: nothing was imported");
  SayWhatIsInTheWay(plan);
  return kProblem;
}

template <typename Plan>
int Import(const Settings& settings, const SheetArguments& arguments, const Steps<Plan>& steps) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  if (arguments.dry_run) {
    const auto seen = master->See();
    if (!seen) return Fail(seen.error());
    if (!seen->note.empty()) Complain(fmt::format("tamtap: {}", seen->note));
    return Report(settings, arguments, steps.plan(seen->school), *master);
  }
  Plan plan;
  const auto changed = master->Change([&](School& school) -> Result<> {
    plan = steps.plan(school);
    if (plan.possible()) steps.apply(plan, school);
    return {};
  });
  if (!changed) return Fail(changed.error());
  const bool taken = SayWhatWasRefused(*changed);
  const int reported = Report(settings, arguments, plan, *master);
  return taken ? reported : kProblem;
}

int Refuse(const SheetArguments& arguments, const Error& error) {
  Complain(fmt::format("{}: {}", arguments.file, error.Message()));
  Complain("tamtap: nothing was imported");
  return kProblem;
}

}  // namespace

int ImportSheet(const Settings& settings, const SheetArguments& arguments, SheetOf wanted) {
  const auto bytes = ReadFile(PosixDisk(), arguments.file);
  if (!bytes) return Fail(bytes.error());
  auto table = ReadTable(*bytes);
  if (!table) return Refuse(arguments, table.error());
  if (wanted == SheetOf::kSchedules || IsScheduleSheet(*table)) {
    const auto sheet = ReadScheduleSheet(*std::move(table));
    if (!sheet) return Refuse(arguments, sheet.error());
    return Import<SchedulePlan>(
        settings, arguments,
        {[&](const School& school) { return PlanSchedules(school, *sheet); }, ApplySchedules});
  }
  const auto sheet = ReadRosterSheet(*std::move(table));
  if (!sheet) return Refuse(arguments, sheet.error());
  const auto zone = SchoolsZone(settings);
  if (!zone) return Fail(zone.error());
  ImportOptions options;
  options.remove_missing = arguments.remove_missing;
  if (arguments.same_name == "replace-card") options.same_name = SameName::kReplaceCard;
  if (arguments.same_name == "another-person") options.same_name = SameName::kAnotherPerson;
  return Import<ImportPlan>(
      settings, arguments,
      {[&](const School& school) { return PlanImport(school, *sheet, options); },
       [&](const ImportPlan& plan, School& school) {
         ApplyImport(plan, zone->ToLocal(SystemClock().Now()).date, school);
       }});
}

void AddCsvReader(CLI::App& command, CsvFor& reader) {
  command
      .add_option("--for", reader,
                  "Who reads it: spreadsheet (with a byte-order mark, so that letters like \u00F1 "
                  "are right), or program")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, CsvFor>{{"spreadsheet", CsvFor::kSpreadsheets},
                                        {"program", CsvFor::kPrograms}},
          CLI::ignore_case))
      ->option_text("spreadsheet|program");
}

}  // namespace tamtap::cli
