#include "school/roster_sheet.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "base/csv_cell.h"
#include "base/text.h"
#include "school/columns.h"
#include "school/table_rows.h"
#include "tap/person_cards.h"
#include "tap/record.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

constexpr size_t kCellsOfATitle = 2;

// In the order that they have without a header.
enum PersonColumn : size_t {
  kCard,
  kFirst,
  kLast,
  kGrade,
  kSection,
  kEmail,
  kRole,
  kSex,
  kLrn,
  kPassedOver,
  kGuardians  // the first of five columns of each
};

constexpr std::string SheetGuardian::*kGuardianFields[] = {
    &SheetGuardian::name, &SheetGuardian::mail, &SheetGuardian::phone, &SheetGuardian::language,
    &SheetGuardian::told};
constexpr std::string_view kGuardianColumns[] = {"name", "mail", "phone", "language", "told"};

std::string GuardianColumn(size_t guardian, size_t field) {
  return fmt::format("guardian_{}_{}", guardian + 1, kGuardianColumns[field]);
}

std::vector<ColumnKind> KindsOfPeople() {
  return {
      {"nfc_id", "the card",
       "nfcid nfc nfcuid nfccard nfccardno nfccardnumber nfctag nfcno nfcnumber card cardid cardno "
       "cardnumber carduid uid rfid rfidno rfidnumber rfiduid rfidcard rfidcardno rfidcardid "
       "rfidcardnumber rfidtag tag tagid taguid",
       true},
      {"first_name", "the first name",
       "firstname first firstnames fname givenname givennames given forename unangpangalan", true},
      {"last_name", "the last name",
       "lastname last lastnames lname surname familyname family apelyido", true},
      {"grade", "the grade",
       "grade gradelevel gradeyear gradeyearlevel level year yearlevel strand track trackstrand "
       "gradestrand strandgrade strandgradelevel gradelevelstrand baitang"},
      {"section", "the section",
       "section class classsection sectionclass sectionname classname pangkat seksyon homeroom",
       true},
      {"email", "the e-mail address", "email emailaddress mail depedemail emailadd"},
      {"role", "the role", "role usertype persontype"},
      {"sex", "the sex", "sex gender kasarian"},
      {"lrn", "the learner's reference number", "lrn lrnno lrnnumber learnerreferencenumber"},
      {"", "",
       "no nos # number id idno idnumber schoolid schoolyear sy middlename "
       "middle middleinitial mi mname gitnangpangalan suffix nameextension extension name fullname "
       "nickname age edad birthdate birthday dateofbirth dob "
       "petsangkapanganakan address tirahan barangay municipality province religion mothertongue "
       "ethnicgroup ip contact contactno contactnumber mobile mobileno phone phonenumber guardian "
       "guardianname guardiancontact guardiancontactno parent parentguardian mother father "
       "mothersname fathersname adviser advisername advisor classadviser adviserid remarks remark "
       "note notes status tamtapid registered person photo photopath timestamp username",
       false, false},
  };
}

const std::vector<ColumnKind>& PersonKinds() {
  static const std::vector<ColumnKind> kinds = [] {
    std::vector<ColumnKind> all = KindsOfPeople();
    for (size_t guardian = 0; guardian < kMostSheetGuardians; ++guardian) {
      for (size_t field = 0; field < std::size(kGuardianFields); ++field) {
        const std::string name = GuardianColumn(guardian, field);
        all.push_back({"", name, ColumnKey(name)});
      }
    }
    return all;
  }();
  return kinds;
}

// "7.0" and "100582761834.0", as programs that know only one kind of number write them.
std::string_view WithoutPointZero(std::string_view text) {
  if (!text.ends_with(".0")) return text;
  const std::string_view digits = text.substr(0, text.size() - 2);
  const bool number = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
  return number ? digits : text;
}

// "1.00583E+11": what a spreadsheet makes of a long number, whose digits are lost.
bool IsShortenedNumber(std::string_view text) {
  const size_t exponent = text.find_first_of("eE");
  return exponent != std::string_view::npos && exponent > 0 &&
         text.substr(exponent + 1).starts_with('+') &&
         text.find_first_not_of("0123456789.,") == exponent &&
         text.find_first_not_of("0123456789", exponent + 2) == std::string_view::npos;
}

// What a spreadsheet would take for a number: "100582761834", "04123456", "123456E7".
bool LooksLikeNumber(std::string_view card) {
  return !card.empty() && card.find_first_not_of("0123456789eE") == std::string_view::npos &&
         std::count_if(card.begin(), card.end(), [](char c) { return c == 'e' || c == 'E'; }) <= 1;
}

bool HasDigit(const TableRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) {
    return cell.find_first_of("0123456789") != std::string::npos;
  });
}

// Names of columns, and not of people: whoever has two cells that are usual names of columns, or
// not a single digit, has no card. What can be read as a card in the first column is one.
bool IsHeader(const TableRow& row) {
  if (!ReadingsOf(row.Cell(0)).none()) return false;
  const auto known = std::count_if(row.cells.begin(), row.cells.end(), [](const std::string& cell) {
    return !cell.empty() && KindOf(cell, PersonKinds()).has_value();
  });
  return known >= 2 || (row.cells.size() > kCellsOfATitle && !HasDigit(row));
}

size_t CellsInUse(const TableRow& row) {
  return static_cast<size_t>(std::count_if(row.cells.begin(), row.cells.end(),
                                           [](const auto& cell) { return !cell.empty(); }));
}

// The header's place in `rows`; their size if there is none. Titles may stand above it ("Grade 7 -
// Narra", "School year 2026-2027").
size_t PersonHeaderOf(const std::vector<TableRow>& rows) {
  for (size_t i = 0; i < rows.size() && i < kMostRowsAboveHeader; ++i) {
    if (IsHeader(rows[i])) return i;
    if (CellsInUse(rows[i]) > kCellsOfATitle) break;
  }
  return rows.size();
}

std::optional<Role> RoleOf(std::string_view text) {
  const std::string role = LowerAscii(text);
  if (role == "learner" || role == "pupil") return Role::kStudent;
  if (role == "adviser" || role == "advisor" || role == "faculty") return Role::kTeacher;
  return RoleFrom(role);
}

// Why the card can't be believed; else puts it into `person`. What no reader gives is an id that
// the school has from elsewhere. Where no header says which column has the ids, one without a digit
// is more likely a name.
std::string TakeCard(std::string_view cell, bool has_header, Person& person) {
  if (cell.starts_with('\'')) cell.remove_prefix(1);  // of RosterCsv, or of who knows spreadsheets
  cell = WithoutPointZero(cell);
  if (cell.empty()) return "the card is missing";
  if (IsShortenedNumber(cell)) {
    return fmt::format(
        "'{}' is a card's number that a spreadsheet has shortened; format the column as text and "
        "enter it again",
        cell);
  }
  const bool has_digit = cell.find_first_of("0123456789") != std::string_view::npos;
  if (!has_header && !has_digit && ReadingsOf(cell).none()) {
    return fmt::format("'{}' is no card; if it is one all the same, give the file a header", cell);
  }
  SpellCard(cell, CardId(), person);
  person.person = PersonKeyOf(cell);
  return {};
}

// An empty name, address and number: nobody stands there. Puts the others into `imported`.
std::string TakeGuardians(const TableRow& row, const Columns& columns, ImportedPerson& imported) {
  for (size_t i = 0; i < kMostSheetGuardians; ++i) {
    SheetGuardian guardian;
    bool is_said = false;
    for (size_t field = 0; field < std::size(kGuardianFields); ++field) {
      const size_t kind = kGuardians + i * std::size(kGuardianFields) + field;
      if (!columns.Has(kind)) continue;
      std::string_view cell = columns.Cell(row, kind);
      if (std::string fault = CellFault(cell); !fault.empty()) return fault;
      if (kGuardianFields[field] == &SheetGuardian::phone) {
        if (cell.starts_with('\'')) cell.remove_prefix(1);
        cell = WithoutPointZero(cell);
      }
      guardian.*kGuardianFields[field] = cell;
      is_said = is_said || !cell.empty();
    }
    if (is_said) imported.guardians.push_back(std::move(guardian));
  }
  return {};
}

// Why the row can't be believed; else empty.
std::string ReadRow(const TableRow& row, const Columns& columns, bool has_header,
                    ImportedPerson& imported, std::vector<std::string>& notes) {
  if (!row.error.empty()) return row.error;
  if (std::string misfit = columns.Misfit(row); !misfit.empty()) return misfit;
  for (const PersonColumn kind :
       {kCard, kFirst, kLast, kGrade, kSection, kEmail, kRole, kSex, kLrn}) {
    if (std::string fault = CellFault(columns.Cell(row, kind)); !fault.empty()) return fault;
  }
  Person& person = imported.person;
  if (std::string fault = TakeCard(columns.Cell(row, kCard), has_header, person); !fault.empty())
    return fault;
  person.first_name = columns.Cell(row, kFirst);
  person.last_name = columns.Cell(row, kLast);
  person.name = TrimSpace(person.first_name + " " + person.last_name);
  if (person.name.empty()) return "the name is missing";
  person.grade = WithoutPointZero(columns.Cell(row, kGrade));
  person.section = columns.Cell(row, kSection);
  person.email = columns.Cell(row, kEmail);
  if (const std::string_view role = columns.Cell(row, kRole); !role.empty()) {
    const auto read = RoleOf(role);
    if (!read) return fmt::format("role '{}'; use student or teacher", role);
    person.role = *read;
    imported.has_role = true;
  }
  if (person.role == Role::kStudent && person.section.empty()) return "the section is missing";
  // Registers want them, and nobody is turned away for want of them.
  const std::string_view sex = columns.Cell(row, kSex);
  person.sex = SexFrom(sex);
  if (person.sex.empty() && !sex.empty()) {
    notes.push_back(fmt::format("line {}: the sex '{}' is not kept; write M or F", row.line, sex));
  }
  std::string_view lrn = columns.Cell(row, kLrn);
  if (lrn.starts_with('\'')) lrn.remove_prefix(1);
  lrn = WithoutPointZero(lrn);
  if (IsLrn(lrn)) {
    person.lrn = lrn;
  } else if (!lrn.empty()) {
    notes.push_back(
        fmt::format("line {}: the LRN '{}' is not kept; it has 12 digits, in a column that is "
                    "formatted as text",
                    row.line, lrn));
  }
  return TakeGuardians(row, columns, imported);
}

}  // namespace

Result<RosterSheet> ReadRosterSheet(Table table) {
  RosterSheet sheet;
  sheet.notes = std::move(table.notes);
  const std::vector<TableRow>& rows = table.rows;
  if (rows.empty()) return NoTable("there is nothing in it", "");
  const size_t header = PersonHeaderOf(rows);
  const bool has_header = header < rows.size();
  Columns columns = Columns::InOrder(PersonKinds());
  if (has_header) {
    TAMTAP_TRY(columns, Columns::FromHeader(rows[header], PersonKinds()));
    if (!columns.passed_over().empty()) {
      sheet.notes.push_back(fmt::format("not kept: {}", fmt::join(columns.passed_over(), ", ")));
    }
    if (header > 0) {
      sheet.notes.push_back(fmt::format("what stands above the header in line {} was passed over",
                                        rows[header].line));
    }
  }
  std::map<std::string, size_t> seen;  // card -> line
  for (size_t i = has_header ? header + 1 : 0; i < rows.size(); ++i) {
    ImportedPerson imported;
    imported.line = rows[i].line;
    std::string fault = ReadRow(rows[i], columns, has_header, imported, sheet.notes);
    if (fault.empty()) {
      const Person& person = imported.person;
      const auto [earlier, fresh] = seen.emplace(SpellingKey(person), rows[i].line);
      if (!fresh) {
        fault = fmt::format("card {} stands in line {} already", person.NfcId(), earlier->second);
      }
    }
    if (fault.empty()) {
      sheet.people.push_back(std::move(imported));
    } else {
      sheet.left_out.push_back({rows[i].line, std::move(fault)});
    }
  }
  if (sheet.people.empty() && sheet.left_out.empty()) {
    return NoTable("there is nobody under its header", "");
  }
  return sheet;
}

std::string RosterCsv(const People& people, CsvFor reader, const SheetGuardians& guardians) {
  const bool spreadsheet = reader == CsvFor::kSpreadsheets;
  std::string csv(spreadsheet ? kByteOrderMark : "");
  csv += "nfc_id,first_name,last_name,grade,section,email,role";
  const bool of_learners = std::any_of(people.begin(), people.end(), [](const Person& person) {
    return !person.sex.empty() || !person.lrn.empty();
  });
  if (of_learners) csv += ",sex,lrn";
  size_t most_guardians = 0;
  for (const auto& [person, theirs] : guardians) {
    most_guardians = std::max(most_guardians, theirs.size());
  }
  for (size_t i = 0; i < most_guardians; ++i) {
    for (size_t field = 0; field < std::size(kGuardianFields); ++field) {
      csv += "," + GuardianColumn(i, field);
    }
  }
  csv += '\n';
  // What a spreadsheet would take for a number, and shorten.
  const auto number = [&](const std::string& text) {
    return spreadsheet && LooksLikeNumber(text) ? "'" + text : CsvCell(text);
  };
  for (const Person& person : people) {
    csv += number(person.NfcId());
    for (const std::string_view text :
         {std::string_view(person.first_name), std::string_view(person.last_name),
          std::string_view(person.grade), std::string_view(person.section),
          std::string_view(person.email), ToString(person.role)}) {
      csv += ',';
      csv += CsvCell(text);
    }
    if (of_learners)
      csv += "," + person.sex + (spreadsheet && !person.lrn.empty() ? ",'" : ",") + person.lrn;
    const auto theirs = guardians.find(person.person);
    for (size_t i = 0; i < most_guardians; ++i) {
      const bool there = theirs != guardians.end() && i < theirs->second.size();
      for (const auto field : kGuardianFields) {
        csv += ',';
        if (!there) continue;
        const std::string& text = theirs->second[i].*field;
        csv += field == &SheetGuardian::phone ? number(text) : CsvCell(text);
      }
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace tamtap
