#include "cli/sheet_import.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/disk.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/master.h"
#include "school/import_report.h"
#include "school/schedule_plan.h"
#include "school/update.h"
#include "server/guardian_sheet.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

// What differs between people and schedules: how the plan is made of a school, and how it is done.
template <typename Plan>
struct Steps {
  std::function<Plan(const School&)> plan;
  std::function<void(const Plan&, School&)> apply;
  // Whose guardians are others then, and brings them in if `done`. Empty: the file says nothing of
  // any.
  std::function<Result<std::vector<WardChange>>(const Plan&, SchoolStore&, bool done)> guardians;
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
void PrintJson(const SheetArguments& arguments, const Plan& plan,
               const std::vector<WardChange>& wards, bool done) {
  boost::json::object report = ToJson(plan);
  if (!wards.empty()) report.emplace("guardians", ToJson(wards));
  report.emplace("imported", done);
  report.emplace("dry_run", arguments.dry_run);
  Print(boost::json::serialize(report) + "\n");
}

// Says what `master` was told, or would be told.
template <typename Plan>
int Report(const Settings& settings, const SheetArguments& arguments, const Plan& plan,
           const std::vector<WardChange>& wards, const Master& master) {
  const bool done = plan.possible() && !arguments.dry_run;
  if (settings.json) {
    PrintJson(arguments, plan, wards, done);
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
    for (const WardChange& each : wards) {
      PrintLine(fmt::format("line {}: guardians of {}: {}, before {}", each.line, each.person.name,
                            each.after.size(), each.before.size()));
    }
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
  if (steps.guardians && master->store() == nullptr) {
    return Fail(Error{ErrorCode::kRejected, "import guardians", 0,
                      fmt::format("no gate holds any; do it on the machine of {}, or on the page "
                                  "People",
                                  master->name())});
  }
  std::vector<WardChange> wards;
  const auto see_to_guardians = [&](const Plan& plan, bool done) -> Result<> {
    if (!steps.guardians || !plan.possible()) return {};
    TAMTAP_TRY(wards, steps.guardians(plan, *master->store(), done));
    if (done && !wards.empty()) {
      NoteCommand(settings, "change guardians", "",
                  fmt::format("of {} people, by a list", wards.size()));
    }
    return {};
  };
  if (arguments.dry_run) {
    const auto seen = master->See();
    if (!seen) return Fail(seen.error());
    if (!seen->note.empty()) Complain(fmt::format("tamtap: {}", seen->note));
    const Plan plan = steps.plan(seen->school);
    const auto looked = see_to_guardians(plan, false);
    if (!looked) return Fail(looked.error());
    return Report(settings, arguments, plan, wards, *master);
  }
  Plan plan;
  const auto changed = master->Change([&](School& school) -> Result<> {
    plan = steps.plan(school);
    if (plan.possible()) steps.apply(plan, school);
    return {};
  });
  if (!changed) return Fail(changed.error());
  const bool taken = SayWhatWasRefused(*changed);
  const auto put = see_to_guardians(plan, true);
  if (!put) return Fail(put.error());
  const int reported = Report(settings, arguments, plan, wards, *master);
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
        {[&](const School& school) { return PlanSchedules(school, *sheet); }, ApplySchedules, {}});
  }
  auto sheet = ReadRosterSheet(*std::move(table));
  if (!sheet) return Refuse(arguments, sheet.error());
  CheckGuardians(*sheet);
  const auto zone = SchoolsZone(settings);
  if (!zone) return Fail(zone.error());
  ImportOptions options;
  options.remove_missing = arguments.remove_missing;
  if (arguments.same_name == "replace-card") options.same_name = SameName::kReplaceCard;
  if (arguments.same_name == "another-person") options.same_name = SameName::kAnotherPerson;
  Steps<ImportPlan> steps{[&](const School& school) { return PlanImport(school, *sheet, options); },
                          [&](const ImportPlan& plan, School& school) {
                            ApplyImport(plan, zone->ToLocal(SystemClock().Now()).date, school);
                          },
                          {}};
  if (SaysGuardians(*sheet)) {
    steps.guardians = [&](const ImportPlan& plan, SchoolStore& store,
                          bool done) -> Result<std::vector<WardChange>> {
      TAMTAP_TRY(auto wards, PlanGuardians(*sheet, plan, store.Messages()));
      if (!done || wards.empty()) return wards;
      TAMTAP_TRY(auto update, store.PullSchool(""));
      School school;
      if (update) Apply(*std::move(update), school);
      const CardIndex people(std::move(school.people));
      TAMTAP_RETURN_IF_ERROR(PutGuardians(wards, people, store.Messages(), SystemRandom()));
      return wards;
    };
  }
  return Import<ImportPlan>(settings, arguments, steps);
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
