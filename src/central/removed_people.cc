#include "central/removed_people.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "central/sqlite_database.h"
#include "central/sqlite_readers.h"
#include "school/facts.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

Result<WallTime> RemovedAt(std::string_view words) {
  boost::system::error_code failed;
  const json::value value = json::parse(words, failed);
  if (failed) return Error{ErrorCode::kCorrupt, failed.message(), 0, {}};
  TAMTAP_TRY(const Fact fact, FactFromJson(value));
  const auto word = fact.words.find(kPresent);
  const int64_t at_us = word == fact.words.end() ? 0 : word->second.said.at_us;
  return WallTime(std::chrono::microseconds(at_us));
}

}  // namespace

Result<std::map<std::string, WallTime>> ReadRemovedPeople(const std::string& path) {
  SqliteReaders readers(path);
  return readers.Read([](SqliteDatabase& database) -> Result<std::map<std::string, WallTime>> {
    std::map<std::string, WallTime> removed;
    SqliteQuery rows =
        database.Query("SELECT key, words FROM facts WHERE kind = 'person' AND present = 0");
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return removed;
      if (const auto at = RemovedAt(rows.View(1))) {
        removed.emplace(rows.Text(0), *at);
      } else {
        LogWarning("central: what is said of the removed person {} can't be read: {}", rows.View(0),
                   at.error().Message());
      }
    }
  });
}

}  // namespace tamtap::central
