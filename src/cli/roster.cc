// tamtap roster import | export | list (roster_people.cc has the rest)
#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/csv_cell.h"
#include "base/disk.h"
#include "cli/command.h"
#include "cli/master.h"
#include "roster/csv_import.h"
#include "tap/school_json.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

int Import(const Settings& settings, const std::string& file) {
  const auto text = ReadFile(PosixDisk(), file);
  if (!text) return Fail(text.error());
  const auto zone = TimeZone::Load(settings.timezone);
  if (!zone) return Fail(zone.error());
  CsvImport import = ParseRosterCsv(*text);
  if (!import.note.empty()) Complain(fmt::format("{}: {}", file, import.note));
  if (!import.errors.empty()) {
    for (const std::string& error : import.errors) Complain(fmt::format("{}: {}", file, error));
    Complain("tamtap: nothing was imported; mend these lines and import again");
    return kProblem;
  }
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  const size_t people = import.people.size();
  const size_t schedules = import.schedules.size();
  size_t added = 0;
  const auto changed = master->Change([&](School& school) -> Result<> {
    added = AddToSchool(std::move(import), zone->ToLocal(SystemClock().Now()).date, school);
    return {};
  });
  if (!changed) return Fail(changed.error());
  for (const std::string& why : changed->refused) Complain(fmt::format("tamtap: {}", why));
  if (!changed->note.empty()) Complain(fmt::format("tamtap: {}", changed->note));
  if (settings.json) {
    Print(fmt::format("{{\"people\":{},\"new\":{},\"schedules\":{}}}\n", people, added, schedules));
  } else if (schedules > 0) {
    PrintLine(fmt::format("{} schedules imported into {}", schedules, master->name()));
  } else {
    PrintLine(
        fmt::format("{} people imported, {} of them new, into {}", people, added, master->name()));
  }
  return changed->refused.empty() ? kDone : kProblem;
}

int Export(const Settings& settings) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  const auto seen = master->See();
  if (!seen) return Fail(seen.error());
  if (!seen->note.empty()) Complain(fmt::format("tamtap: {}", seen->note));
  const School* const school = &seen->school;
  std::string csv;
  for (const Person& person : school->people) {
    const std::string cells[] = {person.NfcId(),
                                 person.first_name,
                                 person.last_name,
                                 person.grade,
                                 person.section,
                                 person.email,
                                 std::string(ToString(person.role))};
    for (const std::string& cell : cells) {
      if (&cell != cells) csv += ',';
      csv += CsvCell(cell);
    }
    csv += '\n';
  }
  Print(csv);
  return kDone;
}

int List(const Settings& settings) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  const auto seen = master->See();
  if (!seen) return Fail(seen.error());
  if (!seen->note.empty()) Complain(fmt::format("tamtap: {}", seen->note));
  const School* const school = &seen->school;
  if (settings.json) {
    Print(boost::json::serialize(ToJson(*school)) + "\n");
    return kDone;
  }
  for (const Person& person : school->people) {
    PrintLine(fmt::format("{:<20}  {:<6}  {:<30}  {:<10}  {}", person.NfcId(), person.tamtap_id,
                          person.name, person.section, ToString(person.role)));
  }
  PrintLine(fmt::format("{} people, {} schedules in {}", school->people.size(),
                        school->schedules.size(), master->name()));
  return kDone;
}

}  // namespace

void AddRoster(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const roster = app.add_subcommand("roster", "The people and schedules of the school");
  roster->require_subcommand(1);

  CLI::App* const import = roster->add_subcommand(
      "import", "Add people (or schedules) from a CSV file; all of it or nothing");
  static std::string file;
  import->add_option("FILE", file, "CSV: nfc_id,first_name,last_name,grade,section[,email[,role]]")
      ->required();
  AddCommonFlags(*import, settings);
  AddStoreFlags(*import, settings);
  import->callback([&] { action = [&] { return Import(settings, file); }; });

  CLI::App* const exporting = roster->add_subcommand("export", "Print the people as CSV");
  AddCommonFlags(*exporting, settings);
  AddStoreFlags(*exporting, settings);
  exporting->callback([&] { action = [&] { return Export(settings); }; });

  CLI::App* const list = roster->add_subcommand("list", "Print who is registered");
  AddCommonFlags(*list, settings);
  AddStoreFlags(*list, settings);
  list->callback([&] { action = [&] { return List(settings); }; });

  AddRosterPeople(*roster, settings, action);
}

}  // namespace tamtap::cli
