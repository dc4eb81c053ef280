// Rosters and schedules from CSV (RFC 4180; CRLF and blank lines are fine). What comes out is UTF-8
// in its composed form, whatever the spreadsheet wrote: see DecodeSpreadsheet. White space at the
// ends of a cell means nothing, no-break spaces and their like included.
//
// People, no header needed:  nfc_id,first_name,last_name,grade,section[,email[,role]]
// Schedules, by their header: Section,Grade,Adviser Name,Mon Start,Mon End,...,Sat Start,Sat End
//                             [,Sun Start,Sun End]; times as 07:00, 7:00, 0700 or 7:00 AM.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

struct CsvImport {
  std::vector<Person> people;  // `tamtap_id` and `registered` are left to AddToSchool
  std::vector<Schedule> schedules;
  std::string note;  // says to the user how the file was read, if it is not UTF-8; else empty
  std::vector<std::string> errors;  // "line 3: ..."; one a bad line. If any, import nothing.
};

CsvImport ParseRosterCsv(std::string_view bytes);

// Adds or updates people by card and schedules by section. New people get the next free tamtap_id
// (numbers of three digits at least; larger than any there, as a number) and `registered`. Returns
// how many people were new.
size_t AddToSchool(CsvImport import, std::string_view registered, School& school);

}  // namespace tamtap
