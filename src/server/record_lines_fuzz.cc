// Any bytes as the body of POST /api/terminal/records: as they are, as what a gate compressed, and
// as gzip themselves.
#include <boost/json.hpp>
#include <cstdint>

#include "base/check.h"
#include "base/gzip.h"
#include "server/credentials.h"
#include "server/record_lines.h"

namespace tamtap {
namespace {

constexpr std::string_view kGate = "gate-1";
constexpr std::string_view kFormerName = "other";

size_t Read(std::string_view body, std::string_view encoding) {
  const auto lines =
      ReadRecordLines(body, encoding, kGate, [](const std::string& name) -> Result<> {
        if (name == kFormerName) return {};
        return Error{ErrorCode::kRetry, "bring taps of " + name, 0, "not now"};
      });
  if (!lines) {
    CHECK(!lines.error().Message().empty());
    return 0;
  }
  for (const RecordLine& line : *lines) {
    if (!line.record) {
      const ErrorCode code = line.record.error().code;
      CHECK(code == ErrorCode::kRejected || code == ErrorCode::kRetry);
      // The reason goes back as JSON.
      CHECK(!boost::json::serialize(boost::json::value(line.record.error().Message())).empty());
      continue;
    }
    CHECK(line.tap == line.record->tap.ToString());
    const std::string& name = line.record->tap.terminal;
    CHECK(name == kGate || name == kFormerName || name == kImportTerminal);
  }
  return lines->size();
}

}  // namespace
}  // namespace tamtap

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const size_t plain = tamtap::Read(body, "");
  CHECK(tamtap::Read(body, "identity") == plain);
  CHECK(tamtap::Read(tamtap::Gzip(body).value(), "gzip") == plain);
  tamtap::Read(body, "gzip");
  CHECK(tamtap::Read(body, "br") == 0);
  return 0;
}
