#include "central/sqlite_refusals.h"

#include <boost/json.hpp>

#include "base/unreadable.h"
#include "central/sqlite_personal.h"
#include "central/sqlite_sections.h"

namespace tamtap::central {

Result<> SqliteRefusals::Keep(std::span<const RefusalRecord> refusals) {
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  for (const RefusalRecord& refusal : refusals) {
    TAMTAP_TRY(const bool erased, SqlitePersonal(database_).IsErased(refusal));
    if (erased) continue;
    TAMTAP_RETURN_IF_ERROR(
        database_
            .Query("INSERT INTO refusals(refusal, day, refused_at_us, section, terminal, reason,"
                   " record) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(refusal) DO NOTHING")
            .Bind(refusal.id.ToString())
            .Bind(refusal.day)
            .Bind(refusal.refused_at_us)
            .Bind(refusal.section)
            .Bind(refusal.id.terminal)
            .Bind(refusal.reason)
            .Bind(boost::json::serialize(ToJson(refusal)))
            .Done());
  }
  return transaction->Commit();
}

Result<std::vector<RefusalRecord>> SqliteRefusals::Find(const RefusalQuery& query) {
  const std::string sections = SectionsForQuery(query.sections);
  SqliteQuery rows = database_.Query(
      "SELECT refusal, record FROM refusals WHERE day BETWEEN ?1 AND ?2"
      " AND (?3 = '' OR section IN (SELECT value FROM json_each(?3)))"
      " AND (?4 = '' OR terminal = ?4) AND (?5 = '' OR reason = ?5)"
      " ORDER BY day DESC, refused_at_us DESC, refusal LIMIT ?6");
  rows.Bind(query.first_day).Bind(query.last_day).Bind(sections);
  rows.Bind(query.terminal).Bind(query.reason).Bind(static_cast<int64_t>(query.limit));
  std::vector<RefusalRecord> found;
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return found;
    boost::system::error_code failed;
    const auto value = boost::json::parse(rows.View(1), failed);
    auto refusal = RefusalRecordFromJson(value);  // of what is no JSON, too: an error
    if (!refusal) {
      NoteUnreadable("refusal " + rows.Text(0) + " of the central database", refusal.error());
      continue;
    }
    found.push_back(*std::move(refusal));
  }
}

}  // namespace tamtap::central
