#include "central/content.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/fnv.h"
#include "school/change.h"
#include "tap/school_json.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

// A record's JSON that can't be read as one is no record.
std::optional<Record> Read(std::string_view text) {
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  if (failed) return std::nullopt;
  auto record = RecordFromJson(value);
  if (!record) return std::nullopt;
  return *std::move(record);
}

}  // namespace

std::string WhyUnstorable(const Record& record) {
  const auto read = RecordFromJson(ToJson(record));
  if (!read) return read.error().operation;
  std::string text;
  AppendJson(record, text);  // what is no UTF-8 comes back changed
  if (const auto survived = Read(text); !survived || *survived != record) {
    return "a record field holds text that is no UTF-8";
  }
  return {};
}

bool SameContent(std::string_view stored, const Record& record) {
  std::string text;
  AppendJson(record, text);
  if (text == stored) return true;
  const auto read = Read(stored);
  return read && *read == record;
}

std::string SortAndDigest(School& school) {
  Sort(school);
  return fmt::format("{:016x}", Fnv1a(json::serialize(ToJson(school))));
}

}  // namespace tamtap::central
