// tamtap roster import | export | list (roster_people.cc has the rest)
#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/disk.h"
#include "cli/command.h"
#include "cli/master.h"
#include "cli/roster_privacy.h"
#include "cli/sheet_import.h"
#include "school/roster_sheet.h"
#include "server/guardian_sheet.h"
#include "tap/record.h"
#include "tap/school_json.h"

namespace tamtap::cli {
namespace {

struct ExportArguments {
  CsvFor reader{};
  bool guardians = false;
};

Result<std::string> CsvWithGuardians(const Settings& settings, CsvFor reader) {
  TAMTAP_TRY(Master master, Master::Open(settings));
  if (master.store() == nullptr) {
    return Error{ErrorCode::kRejected, "export guardians", 0,
                 fmt::format("no gate holds any; do it on the machine of {}", master.name())};
  }
  TAMTAP_TRY(const Master::Seen seen, master.See());
  const People& people = seen.school.people;
  TAMTAP_TRY(const auto guardians, GuardiansForSheet(people, master.store()->Messages()));
  return RosterCsv(people, reader, guardians);
}

int Export(const Settings& settings, const ExportArguments& arguments) {
  if (arguments.guardians) {
    const auto csv = CsvWithGuardians(settings, arguments.reader);
    if (!csv) return Fail(csv.error());
    Print(*csv);
    return kDone;
  }
  const auto shown = ShowSchool(settings);
  if (!shown) return Fail(shown.error());
  Print(RosterCsv(shown->school.people, arguments.reader));
  return kDone;
}

int List(const Settings& settings) {
  const auto shown = ShowSchool(settings);
  if (!shown) return Fail(shown.error());
  const School* const school = &shown->school;
  if (settings.json) {
    Print(boost::json::serialize(ToJson(*school)) + "\n");
    return kDone;
  }
  for (const Person& person : school->people) {
    PrintLine(fmt::format("{:<20}  {:<6}  {:<30}  {:<10}  {}", person.NfcId(), person.tamtap_id,
                          person.name, person.section, ToString(person.role)));
  }
  PrintLine(fmt::format("{} people, {} schedules in {}", school->people.size(),
                        school->schedules.size(), shown->master));
  return kDone;
}

}  // namespace

void AddRoster(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const roster = app.add_subcommand("roster", "The people and schedules of the school");
  roster->require_subcommand(1);

  CLI::App* const import = roster->add_subcommand(
      "import",
      "Add or change people (or schedules) from a CSV or Excel file; all of it or nothing");
  static SheetArguments arguments;
  import
      ->add_option(
          "FILE", arguments.file,
          "CSV or .xlsx: with a header, or nfc_id,first_name,last_name,grade,section[,email"
          "[,role]]")
      ->required();
  import->add_flag("--dry-run", arguments.dry_run, "Say what would change, and change nothing");
  import
      ->add_option("--same-name", arguments.same_name,
                   "What somebody with the name and section of a person and another card is: "
                   "replace-card (the same person) or another-person")
      ->check(CLI::IsMember({"replace-card", "another-person"}));
  import->add_flag("--remove-missing", arguments.remove_missing,
                   "Remove who is in a section of the file and not in the file");
  AddCommonFlags(*import, settings);
  AddStoreFlags(*import, settings);
  import->callback([&] {
    action = [&] { return ImportSheet(settings, arguments, SheetOf::kPeopleOrSchedules); };
  });

  CLI::App* const exporting = roster->add_subcommand("export", "Print the people as CSV");
  static ExportArguments exported;
  AddCsvReader(*exporting, exported.reader);
  exporting->add_flag("--guardians", exported.guardians,
                      "With the guardians who are told when somebody comes or leaves");
  AddCommonFlags(*exporting, settings);
  AddStoreFlags(*exporting, settings);
  exporting->callback([&] { action = [&] { return Export(settings, exported); }; });

  CLI::App* const list = roster->add_subcommand("list", "Print who is registered");
  AddCommonFlags(*list, settings);
  AddStoreFlags(*list, settings);
  list->callback([&] { action = [&] { return List(settings); }; });

  AddRosterPeople(*roster, settings, action);
  AddRosterPrivacy(*roster, settings, action);
}

}  // namespace tamtap::cli
