#include "central/sqlite_messages.h"

#include <boost/json.hpp>

#include "base/unreadable.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

// Of the columns, in this order.
constexpr std::string_view kAdd =
    "INSERT INTO messages(id, kind, day, person, guardian, recipient, channel, time, text, due_us,"
    " expires_us, state, attempts, changed_us, detail)"
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING";
constexpr std::string_view kFind =
    "SELECT id, kind, day, person, guardian, recipient, channel, time, text, due_us, expires_us,"
    " state, attempts, changed_us, detail FROM messages WHERE day BETWEEN ?1 AND ?2"
    " AND (?3 = '[]' OR state IN (SELECT value FROM json_each(?3))) AND (?4 = '' OR person = ?4)"
    " ORDER BY changed_us DESC, id LIMIT ?5";
constexpr std::string_view kClaim =
    "UPDATE messages SET state = 'sending', attempts = attempts + 1, changed_us = ?1"
    " WHERE id = (SELECT id FROM messages WHERE state = 'waiting' AND due_us <= ?1"
    "   AND channel IN (SELECT value FROM json_each(?2)) ORDER BY due_us, id LIMIT 1)"
    " RETURNING id, kind, day, person, guardian, recipient, channel, time, text, due_us,"
    " expires_us, state, attempts, changed_us, detail";

Message MessageIn(const SqliteQuery& row) {
  Message message;
  message.id = row.Text(0);
  message.kind = MessageKindFrom(row.View(1)).value_or(MessageKind::kArrival);
  message.day = row.Text(2);
  message.person = row.Text(3);
  message.guardian = row.Text(4);
  message.recipient = row.Text(5);
  message.channel = ChannelFrom(row.View(6)).value_or(Channel::kMail);
  message.time = row.Text(7);
  message.text = row.Text(8);
  message.due_us = row.Number(9);
  message.expires_us = row.Number(10);
  message.state = MessageStateFrom(row.View(11)).value_or(MessageState::kFailed);
  message.attempts = row.Number(12);
  message.changed_us = row.Number(13);
  message.detail = row.Text(14);
  return message;
}

template <typename Things>
std::string NamesOfAll(const Things& things) {
  json::array names;
  for (const auto& each : things) names.emplace_back(ToString(each));
  return json::serialize(names);
}

}  // namespace

Result<std::vector<Guardian>> SqliteMessages::ReadGuardians(std::string_view person) {
  SqliteQuery row = database_.Query("SELECT list FROM guardians WHERE person = ?");
  TAMTAP_TRY(const bool found, row.Bind(person).Step());
  std::vector<Guardian> guardians;
  if (!found) return guardians;
  boost::system::error_code failed;
  const json::value list = json::parse(row.View(0), failed);
  if (failed || !list.is_array()) return guardians;
  for (const json::value& each : list.get_array()) {
    auto guardian = GuardianFromJson(each);
    if (guardian) {
      guardians.push_back(*std::move(guardian));
    } else {
      NoteUnreadable("a guardian of the central database", guardian.error());
    }
  }
  return guardians;
}

Result<std::vector<Guardian>> SqliteMessages::GuardiansOf(std::string_view person) {
  MutexLock lock(mutex_);
  return ReadGuardians(person);
}

Result<std::map<std::string, std::vector<Guardian>>> SqliteMessages::GuardiansOfAll(
    std::span<const std::string> people) {
  MutexLock lock(mutex_);
  std::map<std::string, std::vector<Guardian>> all;
  for (const std::string& person : people) {
    TAMTAP_TRY(auto guardians, ReadGuardians(person));
    if (!guardians.empty()) all.emplace(person, std::move(guardians));
  }
  return all;
}

Result<> SqliteMessages::PutGuardians(std::string_view person,
                                      std::span<const Guardian> guardians) {
  MutexLock lock(mutex_);
  if (guardians.empty()) {
    return database_.Query("DELETE FROM guardians WHERE person = ?").Bind(person).Done();
  }
  json::array list;
  for (const Guardian& each : guardians) list.push_back(ToJson(each));
  const std::string text = json::serialize(list);
  return database_.Query("INSERT OR REPLACE INTO guardians(person, list) VALUES(?, ?)")
      .Bind(person)
      .Bind(text)
      .Done();
}

Result<size_t> SqliteMessages::AddMessages(std::span<const Message> messages) {
  MutexLock lock(mutex_);
  TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(database_));
  size_t added = 0;
  for (const Message& each : messages) {
    SqliteQuery query = database_.Query(kAdd);
    query.Bind(each.id).Bind(ToString(each.kind)).Bind(each.day).Bind(each.person);
    query.Bind(each.guardian).Bind(each.recipient).Bind(ToString(each.channel)).Bind(each.time);
    query.Bind(each.text).Bind(each.due_us).Bind(each.expires_us).Bind(ToString(each.state));
    query.Bind(each.attempts).Bind(each.changed_us).Bind(each.detail);
    TAMTAP_RETURN_IF_ERROR(query.Done());
    added += static_cast<size_t>(database_.Changes());
  }
  TAMTAP_RETURN_IF_ERROR(transaction->Commit());
  return added;
}

Result<std::optional<Message>> SqliteMessages::ClaimMessage(std::span<const Channel> channels,
                                                            int64_t now_us) {
  const std::string names = NamesOfAll(channels);
  MutexLock lock(mutex_);
  std::optional<Message> claimed;
  SqliteQuery row = database_.Query(kClaim);
  TAMTAP_TRY(bool found, row.Bind(now_us).Bind(names).Step());
  // To its end: only then is it committed.
  while (found) {
    claimed = MessageIn(row);
    TAMTAP_TRY(found, row.Step());
  }
  return claimed;
}

Result<bool> SqliteMessages::SettleMessage(const Message& claimed, const MessageOutcome& outcome,
                                           int64_t now_us) {
  MutexLock lock(mutex_);
  TAMTAP_RETURN_IF_ERROR(
      database_
          .Query("UPDATE messages SET state = ?, due_us = max(due_us, ?), detail = ?,"
                 " changed_us = ? WHERE id = ? AND attempts = ? AND state IN ('sending', 'failed')")
          .Bind(ToString(outcome.state))
          .Bind(outcome.due_us)
          .Bind(outcome.detail)
          .Bind(now_us)
          .Bind(claimed.id)
          .Bind(claimed.attempts)
          .Done());
  return database_.Changes() > 0;
}

Result<size_t> SqliteMessages::GiveUpClaims(int64_t claimed_before_us, std::string_view detail,
                                            int64_t now_us) {
  MutexLock lock(mutex_);
  TAMTAP_RETURN_IF_ERROR(database_
                             .Query("UPDATE messages SET state = 'failed', detail = ?,"
                                    " changed_us = ? WHERE state = 'sending' AND changed_us < ?")
                             .Bind(detail)
                             .Bind(now_us)
                             .Bind(claimed_before_us)
                             .Done());
  return static_cast<size_t>(database_.Changes());
}

Result<std::vector<Message>> SqliteMessages::FindMessages(const MessageQuery& query) {
  const std::string states = NamesOfAll(query.states);
  MutexLock lock(mutex_);
  SqliteQuery rows = database_.Query(kFind);
  rows.Bind(query.first_day).Bind(query.last_day).Bind(states).Bind(query.person);
  rows.Bind(static_cast<int64_t>(query.most));
  std::vector<Message> found;
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return found;
    found.push_back(MessageIn(rows));
  }
}

Result<std::map<MessageState, size_t>> SqliteMessages::CountMessages(std::string_view day) {
  MutexLock lock(mutex_);
  SqliteQuery rows =
      database_.Query("SELECT state, count(*) FROM messages WHERE day = ? GROUP BY state");
  rows.Bind(day);
  std::map<MessageState, size_t> counts;
  while (true) {
    TAMTAP_TRY(const bool row, rows.Step());
    if (!row) return counts;
    const auto state = MessageStateFrom(rows.View(0));
    if (state) counts[*state] = static_cast<size_t>(rows.Number(1));
  }
}

Result<size_t> SqliteMessages::CountSent(std::string_view day, std::string_view recipient) {
  MutexLock lock(mutex_);
  SqliteQuery row = database_.Query(
      "SELECT count(*) FROM messages WHERE day = ?1 AND state IN ('sending', 'sent', 'failed')"
      " AND attempts > 0 AND ((?2 = '' AND kind <> 'staff') OR recipient = ?2)");
  TAMTAP_TRY(const bool found, row.Bind(day).Bind(recipient).Step());
  return found ? static_cast<size_t>(row.Number(0)) : 0;
}

Result<size_t> SqliteMessages::PurgeMessages(std::string_view first_kept_day) {
  MutexLock lock(mutex_);
  TAMTAP_RETURN_IF_ERROR(
      database_.Query("DELETE FROM messages WHERE day < ?").Bind(first_kept_day).Done());
  return static_cast<size_t>(database_.Changes());
}

Result<> EraseMessages(SqliteDatabase& database, std::string_view person) {
  TAMTAP_RETURN_IF_ERROR(
      database.Query("DELETE FROM guardians WHERE person = ?").Bind(person).Done());
  return database.Query("DELETE FROM messages WHERE person = ?").Bind(person).Done();
}

}  // namespace tamtap::central
