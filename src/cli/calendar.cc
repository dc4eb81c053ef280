// tamtap calendar suspend | no-class | makeup | list | remove
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "cli/command.h"
#include "cli/master.h"
#include "school/calendar_entry.h"
#include "tap/school_json.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

struct Arguments {
  std::string first;
  std::string last;
  std::string section;
  std::string reason;
  std::string id;
};

std::string Described(const CalendarEntry& entry) {
  std::string text =
      fmt::format("{}  {:<15}  {}", CalendarEntryId(entry), ToString(entry.kind), entry.first_day);
  if (entry.last_day != entry.first_day) text += " to " + entry.last_day;
  text += entry.section.empty() ? "  the whole school" : "  " + entry.section;
  if (!entry.reason.empty()) text += "  " + entry.reason;
  return text;
}

Result<CalendarEntry> EntryFrom(CalendarKind kind, const Arguments& arguments) {
  CalendarEntry entry{kind, arguments.first, arguments.last, arguments.section, arguments.reason};
  TAMTAP_RETURN_IF_ERROR(TidyCalendarEntry(entry));
  return entry;
}

// Says what the master did not take, or does not know yet.
int Report(const Settings& settings, const Master& master, const Master::Changed& changed,
           const CalendarEntry& entry, std::string_view what) {
  if (!SayWhatWasRefused(changed)) return kProblem;
  if (settings.json) {
    json::object object = ToJson(entry);
    object.emplace("id", CalendarEntryId(entry));
    object.emplace("central", master.name());
    PrintLine(json::serialize(object));
  } else {
    PrintLine(fmt::format("{} {} {}", Described(entry), what, master.name()));
  }
  return kDone;
}

int Put(const Settings& settings, CalendarKind kind, const Arguments& arguments) {
  const auto entry = EntryFrom(kind, arguments);
  if (!entry) return Fail(entry.error());
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  const auto changed = master->Change([&](School& school) -> Result<> {
    std::erase(school.calendar, *entry);
    school.calendar.push_back(*entry);
    return {};
  });
  if (!changed) return Fail(changed.error());
  return Report(settings, *master, *changed, *entry, "is in the calendar of");
}

int List(const Settings& settings) {
  const auto shown = ShowSchool(settings);
  if (!shown) return Fail(shown.error());
  if (settings.json) {
    json::array list;
    for (const CalendarEntry& entry : shown->school.calendar) {
      json::object object = ToJson(entry);
      object.emplace("id", CalendarEntryId(entry));
      list.push_back(std::move(object));
    }
    PrintLine(json::serialize(list));
    return kDone;
  }
  for (const CalendarEntry& entry : shown->school.calendar) PrintLine(Described(entry));
  PrintLine(fmt::format("{} entries in {}", shown->school.calendar.size(), shown->master));
  return kDone;
}

int Remove(const Settings& settings, const Arguments& arguments) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  std::optional<CalendarEntry> removed;
  const auto changed = master->Change([&](School& school) -> Result<> {
    const auto there = std::find_if(
        school.calendar.begin(), school.calendar.end(),
        [&](const CalendarEntry& entry) { return CalendarEntryId(entry) == arguments.id; });
    if (there == school.calendar.end()) {
      return Error{ErrorCode::kRejected, fmt::format("remove '{}' from the calendar", arguments.id),
                   0, "there is no such entry; `tamtap calendar list` shows the ids"};
    }
    removed = *there;
    school.calendar.erase(there);
    return {};
  });
  if (!changed) return Fail(changed.error());
  return Report(settings, *master, *changed, *removed, "is no longer in the calendar of");
}

}  // namespace

void AddCalendar(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const calendar =
      app.add_subcommand("calendar", "Days without classes, and Saturdays with them");
  calendar->require_subcommand(1);
  static Arguments arguments;
  const auto add = [&](const char* name, const char* what) {
    CLI::App* const command = calendar->add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddStoreFlags(*command, settings);
    return command;
  };
  const auto putting = [&](const char* name, const char* what, CalendarKind kind) {
    CLI::App* const command = add(name, what);
    command->add_option("FROM", arguments.first, "The first day, YYYY-MM-DD")->required();
    if (kind != CalendarKind::kSaturdayMakeup) {
      command->add_option("TO", arguments.last, "The last day (default: that one day)");
    }
    command->add_option("--reason", arguments.reason, "Shown to people");
    command->callback([&, kind] { action = [&, kind] { return Put(settings, kind, arguments); }; });
    return command;
  };
  putting("suspend", "Classes are suspended, for the whole school or a section",
          CalendarKind::kSuspension)
      ->add_option("--section", arguments.section, "Only for this section");
  putting("no-class", "A section has no classes", CalendarKind::kNoClass)
      ->add_option("--section", arguments.section, "The section")
      ->required();
  putting("makeup", "Classes are made up for on a Saturday", CalendarKind::kSaturdayMakeup)
      ->add_option("--section", arguments.section, "Only for this section");
  add("list", "Print what is in the calendar")->callback([&] {
    action = [&] { return List(settings); };
  });
  CLI::App* const remove = add("remove", "Take an entry out");
  remove->add_option("ID", arguments.id, "As `tamtap calendar list` shows it")->required();
  remove->callback([&] { action = [&] { return Remove(settings, arguments); }; });
}

}  // namespace tamtap::cli
