// ImportedTaps: which taps of the predecessor's files a journal has, or had before they left it by
// retention. An import is repeated by people who are not sure whether it worked, at this gate or
// another one, before an update and after it; it must find what it brought before.
//
// The journal itself is the truth. What retention took out of it is looked up in the file
// DATA/imported-taps, one "<journal> <sequence> <tap>" a line, which is written after each import.
// A line of it counts only while that very journal calls the tap confirmed: after a journal was
// lost, its taps are imported again.
#pragma once

#include <set>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "base/result.h"
#include "tap/record.h"

namespace tamtap {

class ImportedTaps {
 public:
  // Reads the whole journal. `journal_directory` is DATA/journal.
  static Result<ImportedTaps> Read(Disk& disk, Clock& clock, const std::string& journal_directory);

  // Whether a tap of this content is there, whatever id an earlier version gave it.
  bool Has(const Record& record) const;
  // From now on Has() returns true for it. Returns whether it returned false before.
  bool Add(const Record& record);

  // Writes down what the journal has now, for when it has left it. Durable on return.
  static Result<> Remember(Disk& disk, Clock& clock, const std::string& journal_directory);

 private:
  std::set<std::string> ids_;
};

}  // namespace tamtap
