// Any bytes as the JSON of a record: what is taken in can be written in both of our ways, is UTF-8
// then, and is read back the same.
#include <boost/json.hpp>
#include <cstdint>

#include "base/check.h"
#include "tap/record.h"

namespace tamtap {
namespace {

namespace json = boost::json;

json::value MustParse(const std::string& text) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  CHECK(!failed);
  return value;
}

void TryRecord(const json::value& value) {
  const auto record = RecordFromJson(value);
  if (!record) {
    CHECK(record.error().code == ErrorCode::kRejected && !record.error().Message().empty());
    return;
  }
  std::string text;
  AppendJson(*record, text);
  const auto again = RecordFromJson(MustParse(text));
  CHECK(again && *again == *record);
  const auto other_way = RecordFromJson(MustParse(json::serialize(ToJson(*record))));
  CHECK(other_way && *other_way == *record);
  CHECK(!ArrivedBefore(*record, *again) && !ArrivedBefore(*again, *record));
}

void TryAttendance(const json::value& value) {
  const auto attendance = AttendanceFromJson(value);
  if (!attendance) return CHECK(attendance.error().code == ErrorCode::kRejected);
  const auto again = AttendanceFromJson(MustParse(json::serialize(ToJson(*attendance))));
  CHECK(again && *again == *attendance);
}

}  // namespace
}  // namespace tamtap

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(text, failed);
  if (failed) return 0;
  tamtap::TryRecord(value);
  tamtap::TryAttendance(value);
  return 0;
}
