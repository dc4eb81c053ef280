// People in a sheet. With a header, the columns stand in any order and under the usual names,
// English ones, those that Philippine schools write and those of the existing system; what is known
// and not kept (birthdate, address ...) is passed over and said. Without one, the order is
//   nfc_id,first_name,last_name,grade,section[,email[,role[,sex[,lrn]]]]
// An empty cell of grade, email, role, sex or LRN says nothing. Pure functions; thread-safe.
#pragma once

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

struct ImportedPerson {
  size_t line = 0;        // 0: from no sheet
  Person person;          // `tamtap_id` and `registered` are left to the import
  bool has_role = false;  // else it is a student only if nobody knows better
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

// The people as CSV with a header; ReadRosterSheet reads back the same.
std::string RosterCsv(const People& people, CsvFor reader);

}  // namespace tamtap
