// tamtap calendar suspend | no-class | makeup | list | remove
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/sha256.h"
#include "base/text.h"
#include "base/visible.h"
#include "cli/command.h"
#include "cli/master.h"
#include "tap/school_json.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

constexpr int kSaturday = 5;
constexpr size_t kIdDigits = 8;
constexpr size_t kLongestReason = 200;

struct Arguments {
  std::string first;
  std::string last;
  std::string section;
  std::string reason;
  std::string id;
};

// What people name an entry by; it follows from what the entry says.
std::string IdOf(const CalendarEntry& entry) {
  return Sha256Hex(CalendarKey(entry)).substr(0, kIdDigits);
}

std::string Described(const CalendarEntry& entry) {
  std::string text =
      fmt::format("{}  {:<15}  {}", IdOf(entry), ToString(entry.kind), entry.first_day);
  if (entry.last_day != entry.first_day) text += " to " + entry.last_day;
  text += entry.section.empty() ? "  the whole school" : "  " + entry.section;
  if (!entry.reason.empty()) text += "  " + entry.reason;
  return text;
}

Error BadDay(const std::string& day) {
  return Error{ErrorCode::kRejected, fmt::format("read the day '{}'", day), 0,
               "write it as YYYY-MM-DD, as 2026-12-24"};
}

Result<CalendarEntry> EntryFrom(CalendarKind kind, const Arguments& arguments) {
  CalendarEntry entry;
  entry.kind = kind;
  entry.first_day = std::string(TrimSpace(arguments.first));
  entry.last_day =
      arguments.last.empty() ? entry.first_day : std::string(TrimSpace(arguments.last));
  entry.section = Nfc(TrimSpace(arguments.section));
  entry.reason = Nfc(TrimSpace(arguments.reason));
  for (const std::string& day : {entry.first_day, entry.last_day}) {
    if (!IsDay(day)) return BadDay(day);
  }
  const auto refused = [](std::string what, std::string hint) {
    return Error{ErrorCode::kRejected, std::move(what), 0, std::move(hint)};
  };
  if (entry.last_day < entry.first_day) {
    return refused(fmt::format("put {} to {} into the calendar", entry.first_day, entry.last_day),
                   "the last day comes before the first");
  }
  if (kind == CalendarKind::kSaturdayMakeup && WeekdayOf(entry.first_day) != kSaturday) {
    return refused(fmt::format("make up for classes on {}", entry.first_day), "it is no Saturday");
  }
  if (CountCharacters(entry.reason) > kLongestReason) {
    return refused("put this reason into the calendar",
                   fmt::format("it has more than {} characters", kLongestReason));
  }
  if (VisibleLine(entry.reason) != entry.reason) {
    return refused("put this reason into the calendar",
                   "it holds a line break or control character");
  }
  return entry;
}

// Says what the master did not take, or does not know yet.
int Report(const Settings& settings, const Master& master, const Master::Changed& changed,
           const CalendarEntry& entry, std::string_view what) {
  if (!SayWhatWasRefused(changed)) return kProblem;
  if (settings.json) {
    json::object object = ToJson(entry);
    object.emplace("id", IdOf(entry));
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
      object.emplace("id", IdOf(entry));
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
    const auto there =
        std::find_if(school.calendar.begin(), school.calendar.end(),
                     [&](const CalendarEntry& entry) { return IdOf(entry) == arguments.id; });
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
