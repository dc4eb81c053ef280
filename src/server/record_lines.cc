#include "server/record_lines.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/gzip.h"
#include "server/credentials.h"
#include "server/json_response.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostRecords = 5'000;
constexpr size_t kMaxInflatedBytes = 8 << 20;  // as much as comes uncompressed
constexpr size_t kDeepest = 8;

Error Refused(std::string what) { return {ErrorCode::kRejected, std::move(what), 0, {}}; }

RecordLine ReadLine(std::string_view text, std::string_view terminal, const MayBring& may_bring) {
  json::parse_options options;
  options.max_depth = kDeepest;
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed, {}, options);
  if (failed) return {{}, Refused("the line is no JSON")};
  const std::string tap = value.is_object() ? TextAt(value.get_object(), "tap") : std::string();
  auto record = RecordFromJson(value);
  if (!record || record->tap.terminal == terminal || record->tap.terminal == kImportTerminal) {
    return {tap, std::move(record)};
  }
  // What staff say is no tap, and no gate has ever recorded it.
  if (IsMark(*record)) return {tap, Refused("a mark of staff, and this is a terminal")};
  if (const auto may = may_bring(record->tap.terminal); !may) return {tap, may.error()};
  return {tap, std::move(record)};
}

}  // namespace

Result<std::vector<RecordLine>> ReadRecordLines(std::string_view body, std::string_view encoding,
                                                std::string_view terminal,
                                                const MayBring& may_bring) {
  std::string inflated;
  if (encoding == "gzip") {
    TAMTAP_TRY(inflated, Gunzip(body, kMaxInflatedBytes));
    body = inflated;
  } else if (!encoding.empty() && encoding != "identity") {
    return Error{ErrorCode::kMisconfigured, "send records as they are, or as gzip", 0, {}};
  }
  std::vector<RecordLine> lines;
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    const std::string_view text = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (lines.size() == kMostRecords) {
      return Error{ErrorCode::kFull, "send at most 5000 records at once", 0, {}};
    }
    lines.push_back(ReadLine(text, terminal, may_bring));
  }
  return lines;
}

}  // namespace tamtap
