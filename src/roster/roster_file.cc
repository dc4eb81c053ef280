#include "roster/roster_file.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "tap/school_json.h"

namespace tamtap {

Result<School> LoadSchool(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return School{};
  TAMTAP_TRY(const std::string text, ReadFile(disk, path));
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(text, failed);
  if (failed) {
    return Error{ErrorCode::kCorrupt, fmt::format("read the roster {}", path), 0,
                 "it is no JSON; move it away and import the roster again"};
  }
  return SchoolFromJson(value);
}

Result<> SaveSchool(Disk& disk, const std::string& path, const School& school) {
  return WriteFileAtomically(disk, path, boost::json::serialize(ToJson(school)) + "\n");
}

}  // namespace tamtap
