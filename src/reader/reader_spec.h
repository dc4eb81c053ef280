// What `--reader` is given: KIND[:ARGUMENT][,format=FORMAT].
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tap/card_spelling.h"

namespace tamtap {

struct ReaderSpec {
  std::string kind;      // "stdin"
  std::string argument;  // behind the colon; may hold commas
  bool has_argument = false;
  CardFormat format = CardFormat::kAuto;  // of readers that give text
  bool has_format = false;
};

// kMisconfigured for a format that does not exist, or an argument that is empty.
Result<ReaderSpec> ParseReaderSpec(std::string_view spec);

}  // namespace tamtap
