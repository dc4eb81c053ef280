#include "reader/reader_spec.h"

#include <fmt/core.h>

namespace tamtap {
namespace {

constexpr std::string_view kFormat = ",format=";

}  // namespace

Result<ReaderSpec> ParseReaderSpec(std::string_view spec) {
  ReaderSpec parsed;
  std::string_view rest = spec;
  if (const size_t at = rest.rfind(kFormat); at != std::string_view::npos) {
    const std::string_view name = rest.substr(at + kFormat.size());
    const auto format = CardFormatFrom(name);
    if (!format) {
      return Error{ErrorCode::kMisconfigured,
                   fmt::format("card reader '{}': there is no format '{}'", spec, name), 0,
                   "use auto, hex, hex-reversed, dec, dec-reversed or mfrc522"};
    }
    parsed.format = *format;
    parsed.has_format = true;
    rest = rest.substr(0, at);
  }
  const size_t colon = rest.find(':');
  parsed.kind = rest.substr(0, colon);
  parsed.has_argument = colon != std::string_view::npos;
  if (parsed.has_argument) parsed.argument = rest.substr(colon + 1);
  if (parsed.has_argument && parsed.argument.empty()) {
    return Error{ErrorCode::kMisconfigured,
                 fmt::format("card reader '{}': nothing follows the colon", spec),
                 0,
                 {}};
  }
  return parsed;
}

}  // namespace tamtap
