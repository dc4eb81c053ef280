#include "roster/csv_import.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/ascii.h"
#include "base/text.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

constexpr size_t kMaxCellBytes = 200;
constexpr size_t kScheduleFixedColumns = 3;

struct CsvLine {
  size_t number = 0;  // of the line it starts on, from 1
  std::vector<std::string> cells;
  std::string error;
};

std::string Trimmed(std::string_view text) { return std::string(TrimSpace(text)); }

std::string_view NoteOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "";
    case Encoding::kUtf16:
      return "it is UTF-16, and was read as that";
    case Encoding::kWindows1252:
      return "it is not UTF-8, and was read as Windows-1252; look at names with special letters";
  }
  return "";
}

std::vector<CsvLine> SplitCsv(std::string_view text) {
  std::vector<CsvLine> lines;
  CsvLine line;
  std::string cell;
  size_t number = 1;
  bool quoted = false;
  bool was_quoted = false;
  const auto end_cell = [&] {
    line.cells.push_back(Trimmed(cell));
    cell.clear();
    was_quoted = false;
  };
  const auto end_line = [&] {
    if (line.cells.empty() && Trimmed(cell).empty() && !was_quoted) {
      cell.clear();
      return;
    }
    end_cell();
    lines.push_back(std::move(line));
    line = CsvLine{};
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (line.number == 0) line.number = number;
    if (c == '\n') ++number;
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"' && Trimmed(cell).empty() && !was_quoted) {
      cell.clear();
      quoted = true;
      was_quoted = true;
    } else if (c == ',') {
      end_cell();
    } else if (c == '\n') {
      end_line();
      line.number = 0;
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (quoted) line.error = "a quote is opened and never closed";
  end_line();
  return lines;
}

// Minutes since midnight of "07:00", "7:00", "0700", "7:00 AM"; -1 if it is no time.
int TimeFrom(std::string_view text) {
  std::string time = LowerAscii(Trimmed(text));
  int add = 0;
  bool twelve_hours = false;
  if (time.ends_with("am") || time.ends_with("pm")) {
    twelve_hours = true;
    add = time.ends_with("pm") ? 12 * 60 : 0;
    time = Trimmed(std::string_view(time).substr(0, time.size() - 2));
  }
  if (time.find(':') == std::string::npos && (time.size() == 3 || time.size() == 4)) {
    time.insert(time.size() - 2, 1, ':');
  }
  int minutes = MinutesFrom(time);
  if (minutes < 0 || !twelve_hours) return minutes;
  if (minutes < 60 || minutes >= 13 * 60) return -1;
  if (minutes >= 12 * 60) minutes -= 12 * 60;
  return minutes + add;
}

std::string PersonFrom(const std::vector<std::string>& cells, Person& person) {
  if (cells.size() < 5 || cells.size() > 7) {
    return fmt::format(
        "{} columns; it needs nfc_id,first_name,last_name,grade,section and may have email,role",
        cells.size());
  }
  for (const std::string& cell : cells) {
    if (cell.size() > kMaxCellBytes) return fmt::format("a cell of {} bytes", cell.size());
    if (std::any_of(cell.begin(), cell.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
      return "a cell with a line break or control character";
    }
  }
  auto card = CardId::Parse(cells[0]);
  if (!card) return card.error().Message();
  if (cells[1].empty() && cells[2].empty()) return "the name is missing";
  person.card = *std::move(card);
  person.person = person.card.text();
  person.first_name = cells[1];
  person.last_name = cells[2];
  person.name = Trimmed(cells[1] + " " + cells[2]);
  person.grade = cells[3];
  person.section = cells[4];
  if (cells.size() > 5) person.email = cells[5];
  if (cells.size() > 6 && !cells[6].empty()) {
    const auto role = RoleFrom(LowerAscii(cells[6]));
    if (!role) return fmt::format("role '{}'; use student or teacher", cells[6]);
    person.role = *role;
  }
  if (person.role == Role::kStudent && person.section.empty()) return "the section is missing";
  return {};
}

std::string ScheduleFrom(const std::vector<std::string>& cells, Schedule& schedule) {
  if (cells.empty() || cells[0].empty()) return "the section is missing";
  schedule.section = cells[0];
  if (cells.size() > 1) schedule.grade = cells[1];
  if (cells.size() > 2) schedule.adviser_id = cells[2];
  for (size_t day = 0; day < schedule.week.size(); ++day) {
    const size_t column = kScheduleFixedColumns + 2 * day;
    const std::string start = column < cells.size() ? cells[column] : std::string();
    const std::string end = column + 1 < cells.size() ? cells[column + 1] : std::string();
    if (start.empty() && end.empty()) continue;
    const ClassHours hours{TimeFrom(start), TimeFrom(end)};
    if (hours.start < 0) return fmt::format("'{}' is no time; write 07:00 or 7:00 AM", start);
    if (hours.end < 0) return fmt::format("'{}' is no time; write 17:00 or 5:00 PM", end);
    if (hours.end <= hours.start) return fmt::format("classes end ({}) before they start", end);
    schedule.week[day] = hours;
  }
  return {};
}

}  // namespace

CsvImport ParseRosterCsv(std::string_view bytes) {
  CsvImport import;
  const auto decoded = DecodeSpreadsheet(bytes);
  if (!decoded) {
    import.errors.push_back(decoded.error().Message());
    return import;
  }
  import.note = NoteOf(decoded->encoding);
  const std::vector<CsvLine> lines = SplitCsv(decoded->text);
  const std::string first =
      lines.empty() || lines[0].cells.empty() ? std::string() : LowerAscii(lines[0].cells[0]);
  const bool schedules = first == "section";
  const bool header = schedules || first == "nfc_id";
  std::map<std::string, size_t> seen;  // card or section -> line
  for (size_t i = header ? 1 : 0; i < lines.size(); ++i) {
    const CsvLine& line = lines[i];
    Person person;
    Schedule schedule;
    std::string error = line.error;
    if (error.empty()) {
      error = schedules ? ScheduleFrom(line.cells, schedule) : PersonFrom(line.cells, person);
    }
    const std::string key = schedules ? schedule.section : person.card.text();
    if (error.empty()) {
      const auto [earlier, fresh] = seen.emplace(key, line.number);
      if (!fresh) error = fmt::format("'{}' stands in line {} already", key, earlier->second);
    }
    if (!error.empty()) {
      import.errors.push_back(fmt::format("line {}: {}", line.number, error));
    } else if (schedules) {
      import.schedules.push_back(std::move(schedule));
    } else {
      import.people.push_back(std::move(person));
    }
  }
  if (import.errors.empty() && import.people.empty() && import.schedules.empty()) {
    import.errors.push_back("line 1: there is nothing in this file");
  }
  return import;
}

size_t AddToSchool(CsvImport import, std::string_view registered, School& school) {
  uint64_t last_id = 0;
  std::map<std::string, size_t> by_card;
  for (size_t i = 0; i < school.people.size(); ++i) {
    const Person& person = school.people[i];
    by_card.emplace(person.card.text(), i);
    uint64_t id = 0;
    const std::string& text = person.tamtap_id;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error == std::errc() && end == text.data() + text.size()) last_id = std::max(last_id, id);
  }
  size_t added = 0;
  for (Person& person : import.people) {
    const auto known = by_card.find(person.card.text());
    if (known != by_card.end()) {
      Person& there = school.people[known->second];
      person.person = there.person;
      person.tamtap_id = there.tamtap_id;
      person.registered = there.registered;
      if (person.email.empty()) person.email = there.email;
      there = std::move(person);
    } else {
      person.tamtap_id = fmt::format("{:03}", ++last_id);
      person.registered = registered;
      school.people.push_back(std::move(person));
      ++added;
    }
  }
  for (Schedule& schedule : import.schedules) {
    const auto known =
        std::find_if(school.schedules.begin(), school.schedules.end(),
                     [&](const Schedule& each) { return each.section == schedule.section; });
    if (known != school.schedules.end()) {
      *known = std::move(schedule);
    } else {
      school.schedules.push_back(std::move(schedule));
    }
  }
  return added;
}

}  // namespace tamtap
