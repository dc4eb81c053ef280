// People in a sheet. With a header, the columns stand in any order and under the usual names,
// English ones, those that Philippine schools write and those of the existing system; what is known
// and not kept (birthdate, address ...) is passed over and said. Without one, the order is
//   nfc_id,first_name,last_name,grade,section[,email[,role[,sex[,lrn]]]]
// An empty cell of grade, email, role, sex or LRN says nothing. Guardians who have asked to be told
// stand behind, in columns that are numbered: guardian_1_name, guardian_1_mail, guardian_1_phone,
// guardian_1_language, guardian_1_told. What lists of learners otherwise say of parents is passed
// over: nobody is written to because their number stands in a list. Pure functions; thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "school/table.h"
#include "tap/school.h"

namespace tamtap {

struct LeftOut {
  size_t line = 0;
  std::string why;
};

// As the cells have it; what it means is for whoever keeps guardians.
struct SheetGuardian {
  std::string name;
  std::string mail;
  std::string phone;
  std::string language;
  std::string told;  // "arrival departure absence", or some of these
  friend bool operator==(const SheetGuardian&, const SheetGuardian&) = default;
};
inline constexpr size_t kMostSheetGuardians = 8;  // of one person

struct ImportedPerson {
  size_t line = 0;                            // 0: from no sheet
  Person person;                              // `tamtap_id` and `registered` are left to the import
  bool has_role = false;                      // else it is a student only if nobody knows better
  std::vector<SheetGuardian> guardians = {};  // none: the sheet says nothing of them
};

struct RosterSheet {
  std::vector<ImportedPerson> people;
  std::vector<LeftOut> left_out;   // rows that can't be believed
  std::vector<std::string> notes;  // those of the table, and what was passed over
};

// kRejected, in one sentence: a header with unknown, repeated or missing columns; no people at all.
Result<RosterSheet> ReadRosterSheet(Table table);

// Who a CSV file is for. Spreadsheets need a byte-order mark to read it as UTF-8, and a ' before a
// card that they would take for a number, and shorten.
enum class CsvFor { kPrograms, kSpreadsheets };

// By Person::person.
using SheetGuardians = std::map<std::string, std::vector<SheetGuardian>>;

// The people as CSV with a header, with those guardians; ReadRosterSheet reads back the same.
std::string RosterCsv(const People& people, CsvFor reader, const SheetGuardians& guardians = {});

}  // namespace tamtap
