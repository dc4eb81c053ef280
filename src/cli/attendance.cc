// tamtap attendance count: how often who came, was late, absent or excused. It reads the central
// store of this installation as well as an existing installation's file or database, in the same
// words and order, so that the counts before and after a school has moved in can be compared.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "base/csv_cell.h"
#include "cli/command.h"
#include "cli/existing_documents.h"
#include "cli/master.h"
#include "cli/sheet_import.h"
#include "tap/mark.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

constexpr std::array kStatuses = {Status::kOnTime, Status::kLate, Status::kAbsent,
                                  Status::kExcused};
constexpr const char* kFirstDay = "0001-01-01";
constexpr const char* kLastDay = "9998-12-31";

struct Arguments {
  std::string source;
  std::string from;
  std::string to;
  std::string by = "day";
  bool csv = false;
  CsvFor reader = CsvFor::kPrograms;
};

// One person's day, whatever tells of it.
struct PersonsDay {
  std::string person;  // stays theirs, whatever card they have
  std::string nfc_id;
  std::string name;
  std::string section;
  std::string day;
  Status status = Status::kOnTime;
};

// As they are now, by their `person`.
using PeopleNow = std::map<std::string, Person>;

struct Counted {
  std::vector<PersonsDay> days;
  PeopleNow people;
  std::string where;
  std::vector<std::string> left_out;
};

PersonsDay DayOf(const Record& record) {
  return {record.person, record.NfcId(), record.name, record.section, record.day, record.status};
}

PeopleNow ByKey(const People& people) {
  PeopleNow found;
  for (const Person& person : people) found.emplace(person.person, person);
  return found;
}

// Of several entries of a person's day the earliest tap holds, and a tap before a mark: as the
// central store merges them.
std::vector<PersonsDay> Merged(const journal::LegacyImport& import, const Arguments& arguments) {
  std::map<std::string, const Record*> arrivals;
  const auto meet = [&](const Record& record) {
    if (record.day < arguments.from || record.day > arguments.to) return;
    const auto [first, fresh] = arrivals.emplace(record.AttendanceId(), &record);
    if (!fresh && ArrivedBefore(record, *first->second)) first->second = &record;
  };
  for (const journal::ImportedTap& tap : import.taps) meet(tap.record);
  for (const Record& mark : import.marks) meet(mark);
  std::vector<PersonsDay> days;
  for (const auto& [id, record] : arrivals) days.push_back(DayOf(*record));
  return days;
}

Result<Counted> CountSource(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(const TimeZone zone, ZoneUntilSaid(settings));
  TAMTAP_TRY(const journal::LegacyImport import, ReadExisting(arguments.source, zone));
  return Counted{Merged(import, arguments), ByKey(import.school.people),
                 NameOfExisting(arguments.source), import.errors};
}

Result<Counted> CountStore(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(Master master, Master::Open(settings));
  if (master.store() == nullptr) {
    return Error{ErrorCode::kMisconfigured, "count attendance at a gate of a server", 0,
                 fmt::format("count it on the machine of {}", master.name())};
  }
  TAMTAP_TRY(const auto found,
             master.store()->FindAttendance({arguments.from, arguments.to, std::nullopt, {}}));
  TAMTAP_TRY(const Master::Seen seen, master.See());
  Counted counted{{}, ByKey(seen.school.people), master.name(), {}};
  for (const Attendance& each : found) counted.days.push_back(DayOf(each.arrival));
  return counted;
}

// What a table is by: the cells before the counts, in the order of the rows.
using Heading = std::vector<std::string>;

Heading TitlesOf(const std::string& by) {
  if (by == "person") return {"nfc_id", "name", "section"};
  if (by == "record") return {"nfc_id", "day"};
  return {by};
}

Heading HeadingOf(const PersonsDay& each, const std::string& by) {
  if (by == "person") return {each.nfc_id, each.name, each.section};
  if (by == "record") return {each.nfc_id, each.day};
  return {by == "section" ? each.section : each.day};
}

using Counts = std::map<Status, size_t>;
struct Table {
  std::map<Heading, Counts> rows;
  Counts all;
};

// A person is one row, whatever card, name or section each of their days was written down with: the
// row has those that they have now, and of somebody who is no more those of the last day.
Table MakeTable(const Counted& counted, const std::string& by) {
  std::vector<PersonsDay> days = counted.days;
  std::stable_sort(days.begin(), days.end(),
                   [](const PersonsDay& a, const PersonsDay& b) { return a.day < b.day; });
  std::map<std::string, PersonsDay> last;
  for (const PersonsDay& each : days) last[each.person] = each;
  for (auto& [key, shown] : last) {
    const auto now = counted.people.find(key);
    if (now == counted.people.end()) continue;
    shown.nfc_id = now->second.NfcId();
    shown.name = now->second.name;
    shown.section = now->second.section;
  }
  Table table;
  for (const PersonsDay& each : days) {
    const PersonsDay& shown = by == "person" ? last[each.person] : each;
    ++table.rows[HeadingOf(shown, by)][each.status];
    ++table.all[each.status];
  }
  return table;
}

size_t CountOf(const Counts& counts, Status status) {
  const auto found = counts.find(status);
  return found == counts.end() ? 0 : found->second;
}

void PrintCsv(const Table& table, const Arguments& arguments) {
  std::string text(arguments.reader == CsvFor::kSpreadsheets ? kByteOrderMark : "");
  for (const std::string& title : TitlesOf(arguments.by)) text += title + ",";
  text += "on_time,late,absent,excused\n";
  for (const auto& [heading, counts] : table.rows) {
    for (const std::string& cell : heading) text += CsvCell(cell) + ",";
    for (const Status status : kStatuses) {
      text += fmt::format("{}{}", CountOf(counts, status), status == kStatuses.back() ? "\n" : ",");
    }
  }
  Print(text);
}

void PrintJson(const Table& table, const Arguments& arguments, const Counted& counted) {
  const Heading titles = TitlesOf(arguments.by);
  const auto add = [](const Counts& counts, json::object& object) {
    for (const Status status : kStatuses) object.emplace(ToString(status), CountOf(counts, status));
  };
  json::array rows;
  for (const auto& [heading, counts] : table.rows) {
    json::object row;
    for (size_t i = 0; i < titles.size(); ++i) row.emplace(titles[i], heading[i]);
    add(counts, row);
    rows.push_back(std::move(row));
  }
  json::object all;
  add(table.all, all);
  Print(json::serialize(json::object{{"by", arguments.by},
                                     {"in", counted.where},
                                     {"all", std::move(all)},
                                     {"rows", std::move(rows)},
                                     {"left_out", json::value_from(counted.left_out)}}) +
        "\n");
}

void PrintTable(const Table& table, const Arguments& arguments, const Counted& counted) {
  std::string titles;
  for (const std::string& title : TitlesOf(arguments.by)) titles += fmt::format("{:<22}", title);
  PrintLine(
      fmt::format("{}{:>8} {:>8} {:>8} {:>8}", titles, "on_time", "late", "absent", "excused"));
  const auto print = [](const std::string& first, const Counts& counts) {
    PrintLine(fmt::format("{}{:>8} {:>8} {:>8} {:>8}", first, CountOf(counts, Status::kOnTime),
                          CountOf(counts, Status::kLate), CountOf(counts, Status::kAbsent),
                          CountOf(counts, Status::kExcused)));
  };
  for (const auto& [heading, counts] : table.rows) {
    std::string cells;
    for (const std::string& cell : heading) cells += fmt::format("{:<22}", cell);
    print(cells, counts);
  }
  print(fmt::format("{:<{}}", "all", titles.size()), table.all);
  PrintLine(fmt::format("{} days of people; in {}", counted.days.size(), counted.where));
}

Result<> CheckDays(const Arguments& arguments) {
  for (const std::string* const day : {&arguments.from, &arguments.to}) {
    if (IsDay(*day)) continue;
    return Error{ErrorCode::kRejected, fmt::format("read the day '{}'", *day), 0,
                 "write it as YYYY-MM-DD, as 2026-12-24"};
  }
  return {};
}

int Count(const Settings& settings, Arguments arguments) {
  if (arguments.from.empty()) arguments.from = kFirstDay;
  if (arguments.to.empty()) arguments.to = kLastDay;
  if (const auto days = CheckDays(arguments); !days) return Fail(days.error());
  const auto counted =
      arguments.source.empty() ? CountStore(settings, arguments) : CountSource(settings, arguments);
  if (!counted) return Fail(counted.error());
  for (const std::string& each : counted->left_out) {
    Complain(fmt::format("{}: left out: {}", counted->where, each));
  }
  const Table table = MakeTable(*counted, arguments.by);
  if (settings.json) {
    PrintJson(table, arguments, *counted);
  } else if (arguments.csv) {
    PrintCsv(table, arguments);
  } else {
    PrintTable(table, arguments, *counted);
  }
  return counted->left_out.empty() ? kDone : kProblem;
}

}  // namespace

void AddAttendance(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const attendance = app.add_subcommand("attendance", "What the taps amount to");
  attendance->require_subcommand(1);
  static Arguments arguments;
  CLI::App* const count = attendance->add_subcommand(
      "count",
      "Count who came on time, late, not at all or was excused, here or where a school "
      "moves in from");
  count->add_option("SOURCE", arguments.source,
                    "An existing tamtap_users.json or mongodb://HOST/DB (default: what is here)");
  count->add_option("--from", arguments.from, "From that day on, YYYY-MM-DD");
  count->add_option("--to", arguments.to, "Up to that day");
  count->add_option("--by", arguments.by, "A row for each day, person, section, or person and day")
      ->check(CLI::IsMember({"day", "person", "section", "record"}))
      ->capture_default_str();
  count->add_flag("--csv", arguments.csv, "Print CSV");
  AddCsvReader(*count, arguments.reader);
  AddCommonFlags(*count, settings);
  AddStoreFlags(*count, settings);
  count->callback([&] { action = [&] { return Count(settings, arguments); }; });
}

}  // namespace tamtap::cli
