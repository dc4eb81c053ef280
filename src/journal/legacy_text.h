// The JSON of an existing installation's file as text. It may be cut (a card that was pulled out),
// and Python writes what no JSON has: half a character ("\udcf1") for a byte that it could not
// read, and NaN. The first is told with its place; the others cost the entry in which they stand.
// Pure functions; thread-safe.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>

#include "base/result.h"

namespace tamtap::journal {

struct LegacyText {
  boost::json::value value;  // an object
  // Why an entry is not as it was meant, by its place ("attendance[3]", `students["2710951593"]`).
  std::map<std::string, std::string> damaged;
};

// `text` is UTF-8. kRejected: it is no JSON object, and where it stops being one.
Result<LegacyText> ParseLegacyText(std::string text);

}  // namespace tamtap::journal
