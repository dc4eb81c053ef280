#include <fmt/core.h>
#include <unistd.h>

#include "base/random.h"
#include "reader/demo_reader.h"
#include "reader/pcsc_reader.h"
#include "reader/reader.h"
#include "reader/text_readers.h"

namespace tamtap {
namespace {

constexpr std::string_view kExisting = "use stdin, script:FILE, pcsc, pcsc:NAME or demo:FILE";

Error Unknown(std::string_view spec, std::string_view what) {
  return Error{ErrorCode::kMisconfigured, fmt::format("card reader '{}': {}", spec, what), 0,
               std::string(kExisting)};
}

}  // namespace

Result<std::unique_ptr<Reader>> MakeReader(std::string_view spec, Clock& clock) {
  const size_t colon = spec.find(':');
  const std::string_view kind = spec.substr(0, colon);
  const bool has_argument = colon != std::string_view::npos;
  const std::string argument(has_argument ? spec.substr(colon + 1) : std::string_view());
  if (has_argument && argument.empty()) return Unknown(spec, "nothing follows the colon");

  if (kind == "stdin" && !has_argument) return MakeLineReader(STDIN_FILENO, "stdin");
  if (kind == "pcsc") return MakePcscReader(argument, clock);
  if (kind == "script" && has_argument) return MakeScriptReader(argument, clock);
  if (kind == "demo" && has_argument) {
    return MakeDemoReader(argument, STDIN_FILENO, clock, SystemRandom());
  }
  if (kind == "script" || kind == "demo") return Unknown(spec, "it needs a file");
  if (kind == "rc522" || kind == "evdev") return Unknown(spec, "this build has no such reader yet");
  return Unknown(spec, "there is no such reader");
}

}  // namespace tamtap
