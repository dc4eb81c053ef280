#include "roster/roster_file.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <cerrno>

#include "tap/school_json.h"

namespace tamtap {
namespace {

constexpr auto kPatience = std::chrono::seconds(5);

}  // namespace

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

Result<> UpdateSchool(Disk& disk, Clock& clock, const std::string& path,
                      const std::function<Result<>(School&)>& change) {
  const MonotonicTime deadline = clock.MonotonicNow() + kPatience;
  auto lock = disk.Lock(path + ".lock");
  while (!lock && lock.error().errno_value == EWOULDBLOCK && clock.MonotonicNow() < deadline) {
    clock.SleepFor(std::chrono::milliseconds(20));
    lock = disk.Lock(path + ".lock");
  }
  if (!lock) return lock.error();
  TAMTAP_TRY(School school, LoadSchool(disk, path));
  TAMTAP_RETURN_IF_ERROR(change(school));
  return WriteFileAtomically(disk, path, boost::json::serialize(ToJson(school)) + "\n");
}

}  // namespace tamtap
