// Guardians and the outbox of words to them (messages/message_store.h) in the central SQLite file,
// by the connection of its owner, whose lock it takes for each call.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "central/sqlite_database.h"
#include "messages/message_store.h"

namespace tamtap::central {

// `guardians` has a JSON array a person.
inline constexpr const char* kMessagesSchema =
    "CREATE TABLE guardians(person TEXT PRIMARY KEY NOT NULL, list TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE messages("
    "  id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL, person TEXT NOT NULL,"
    "  guardian TEXT NOT NULL, recipient TEXT NOT NULL, channel TEXT NOT NULL, time TEXT NOT NULL,"
    "  text TEXT NOT NULL, due_us INTEGER NOT NULL, expires_us INTEGER NOT NULL,"
    "  state TEXT NOT NULL, attempts INTEGER NOT NULL, changed_us INTEGER NOT NULL,"
    "  detail TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX messages_by_due ON messages(state, due_us);"
    "CREATE INDEX messages_by_day ON messages(day, recipient);"
    "CREATE INDEX messages_by_person ON messages(person);";

class SqliteMessages final : public MessageStore {
 public:
  // Both must outlive it.
  SqliteMessages(Mutex& mutex, SqliteDatabase& database) : mutex_(mutex), database_(database) {}

  Result<std::vector<Guardian>> GuardiansOf(std::string_view person) override EXCLUDES(mutex_);
  Result<std::map<std::string, std::vector<Guardian>>> GuardiansOfAll(
      std::span<const std::string> people) override EXCLUDES(mutex_);
  Result<> PutGuardians(std::string_view person, std::span<const Guardian> guardians) override
      EXCLUDES(mutex_);
  Result<size_t> AddMessages(std::span<const Message> messages) override EXCLUDES(mutex_);
  Result<std::optional<Message>> ClaimMessage(std::span<const Channel> channels,
                                              int64_t now_us) override EXCLUDES(mutex_);
  Result<bool> SettleMessage(const Message& claimed, const MessageOutcome& outcome,
                             int64_t now_us) override EXCLUDES(mutex_);
  Result<size_t> GiveUpClaims(int64_t claimed_before_us, std::string_view detail,
                              int64_t now_us) override EXCLUDES(mutex_);
  Result<std::vector<Message>> FindMessages(const MessageQuery& query) override EXCLUDES(mutex_);
  Result<std::map<MessageState, size_t>> CountMessages(std::string_view day) override
      EXCLUDES(mutex_);
  Result<size_t> CountSent(std::string_view day, std::string_view recipient) override
      EXCLUDES(mutex_);
  Result<size_t> PurgeMessages(std::string_view first_kept_day) override EXCLUDES(mutex_);

 private:
  Result<std::vector<Guardian>> ReadGuardians(std::string_view person) REQUIRES(mutex_);

  Mutex& mutex_;
  SqliteDatabase& database_;
};

// What of a person goes with them, within the owner's transaction.
Result<> EraseMessages(SqliteDatabase& database, std::string_view person);

}  // namespace tamtap::central
