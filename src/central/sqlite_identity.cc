#include <set>

#include "base/mutex.h"
#include "central/sqlite_account_rows.h"
#include "central/sqlite_database.h"
#include "central/sqlite_former_accounts.h"
#include "central/sqlite_full_disk.h"
#include "central/sqlite_identity_rows.h"
#include "central/sqlite_identity_schema.h"
#include "central/sqlite_trust.h"
#include "central/sqlite_wipe.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

constexpr size_t kMostEnded = 10'000;

Error Rejected(std::string operation, std::string hint) {
  return Error{ErrorCode::kRejected, std::move(operation), 0, std::move(hint)};
}

class SqliteIdentity final : public IdentityStore {
 public:
  SqliteIdentity(std::string path, std::unique_ptr<SqliteDatabase> database,
                 std::unique_ptr<TrustStore> trust, std::unique_ptr<SqliteWipe> wipe,
                 std::unique_ptr<FormerAccounts> former, SqliteFullDisk full_disk)
      : path_(std::move(path)),
        database_(std::move(database)),
        trust_(std::move(trust)),
        wipe_(std::move(wipe)),
        former_(std::move(former)),
        full_disk_(std::move(full_disk)) {}

  Result<> AddAccount(const Account& account) override EXCLUDES(mutex_) {
    if (account.username.empty()) return Rejected("add an account", "it needs a name");
    MutexLock lock(mutex_);
    auto added = InsertAccount(*database_, account);
    if (!added && added.error().code == ErrorCode::kRejected) {
      return Rejected("add the account " + account.username, "the name is taken");
    }
    return added;
  }

  Result<std::optional<Account>> FindAccount(std::string_view username) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return ReadAccount(*database_, username);
  }

  Result<std::vector<Account>> Accounts() override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return ReadAccounts(*database_);
  }

  Result<> SetPasswordHash(std::string_view username, std::string_view hash) override
      EXCLUDES(mutex_) {
    TAMTAP_TRY(const bool there, ChangeHash(username, std::nullopt, hash));
    if (!there) return NoAccount(username);
    wipe_->TryNow();
    return {};
  }
  Result<bool> ReplacePasswordHash(std::string_view username, std::string_view was,
                                   std::string_view hash) override EXCLUDES(mutex_) {
    TAMTAP_TRY(const bool replaced, ChangeHash(username, was, hash));
    if (replaced) wipe_->TryNow();
    return replaced;
  }

  Result<> RemoveAccount(std::string_view username) override EXCLUDES(mutex_) {
    TAMTAP_RETURN_IF_ERROR(DeleteAccount(username));
    wipe_->TryNow();
    return {};
  }

  Result<> ChangeAccount(const Account& before, const Account& after) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    TAMTAP_TRY(const auto now, ReadAccount(*database_, after.username));
    if (!now) return NoAccount(after.username);
    TAMTAP_TRY(const bool there, UpdateAccount(*database_, WithDifferences(*now, before, after)));
    if (!there) return NoAccount(after.username);
    return transaction->Commit();
  }

  Result<std::vector<SessionRow>> SessionsOf(std::string_view username) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    SqliteQuery rows = database_->Query(
        "SELECT id_hash, username, created_us, last_seen_us FROM sessions WHERE username = ?"
        " ORDER BY created_us DESC");
    rows.Bind(username);
    std::vector<SessionRow> sessions;
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return sessions;
      if (ended_.contains(rows.View(0))) continue;
      sessions.push_back(
          {rows.Text(0), rows.Text(1), TimeOf(rows.Number(2)), TimeOf(rows.Number(3))});
    }
  }

  Result<> AddSession(const SessionRow& session) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return full_disk_.IfLogHasRoom(*database_, [&] {
      return database_
          ->Query(
              "INSERT INTO sessions(id_hash, username, created_us, last_seen_us)"
              " VALUES(?, ?, ?, ?)")
          .Bind(session.id_hash)
          .Bind(session.username)
          .Bind(Microseconds(session.created))
          .Bind(Microseconds(session.last_seen))
          .Done();
    });
  }

  Result<std::optional<SessionRow>> FindSession(std::string_view id_hash) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (ended_.contains(id_hash)) return std::optional<SessionRow>();
    SqliteQuery query = database_->Query(
        "SELECT id_hash, username, created_us, last_seen_us FROM sessions WHERE id_hash = ?");
    TAMTAP_TRY(const bool found, query.Bind(id_hash).Step());
    if (!found) return std::optional<SessionRow>();
    return std::optional(
        SessionRow{query.Text(0), query.Text(1), TimeOf(query.Number(2)), TimeOf(query.Number(3))});
  }

  Result<> TouchSession(std::string_view id_hash, WallTime now) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_->Query("UPDATE sessions SET last_seen_us = ? WHERE id_hash = ?")
        .Bind(Microseconds(now))
        .Bind(id_hash)
        .Done();
  }

  Result<> RemoveSession(std::string_view id_hash) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    auto removed = full_disk_.Surely(*database_, [&] {
      return database_->Query("DELETE FROM sessions WHERE id_hash = ?").Bind(id_hash).Done();
    });
    // It is over all the same, for as long as this process lives; NoteTerminals() tries again.
    if (!removed && ended_.size() < kMostEnded) ended_.emplace(id_hash);
    return removed;
  }

  Result<> RemoveSessionsBefore(WallTime created, WallTime last_seen) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return full_disk_.Surely(*database_, [&] {
      return database_->Query("DELETE FROM sessions WHERE created_us < ? OR last_seen_us < ?")
          .Bind(Microseconds(created))
          .Bind(Microseconds(last_seen))
          .Done();
    });
  }

  Result<> RememberDevice(std::string_view device_hash, std::string_view username,
                          WallTime now) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    TAMTAP_RETURN_IF_ERROR(
        database_
            ->Query("INSERT INTO devices(device_hash, username, last_used_us) VALUES(?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET last_used_us = excluded.last_used_us")
            .Bind(device_hash)
            .Bind(username)
            .Bind(Microseconds(now))
            .Done());
    TAMTAP_RETURN_IF_ERROR(
        database_
            ->Query("DELETE FROM devices WHERE username = ?1 AND device_hash NOT IN"
                    " (SELECT device_hash FROM devices WHERE username = ?1"
                    "  ORDER BY device_hash = ?2 DESC, last_used_us DESC LIMIT ?3)")
            .Bind(username)
            .Bind(device_hash)
            .Bind(kMostDevices)
            .Done());
    return transaction->Commit();
  }

  Result<bool> KnowsDevice(std::string_view device_hash, std::string_view username) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_
        ->Query("SELECT 1 FROM devices WHERE device_hash = ?1 AND (?2 = '' OR username = ?2)")
        .Bind(device_hash)
        .Bind(username)
        .Step();
  }

  Result<> AddTerminal(std::string_view name, std::string_view token_hash,
                       WallTime token_expires) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_
        ->Query(
            "INSERT INTO terminals(name, token_hash, token_expires_us) VALUES(?, ?, ?)"
            " ON CONFLICT(name) DO UPDATE SET token_hash = excluded.token_hash,"
            " token_expires_us = excluded.token_expires_us")
        .Bind(name)
        .Bind(token_hash)
        .Bind(Microseconds(token_expires))
        .Done();
  }

  Result<std::string> ExchangeToken(std::string_view token_hash, WallTime now,
                                    std::string_view secret_hash,
                                    std::string_view former_secret_hash) override EXCLUDES(mutex_) {
    const Error denied{ErrorCode::kDenied, "enrol a terminal", 0,
                       "the token is unknown, used or expired: make a new one"};
    if (token_hash.empty() || secret_hash.empty()) return denied;
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    std::string name;
    {
      SqliteQuery query = database_->Query(
          "SELECT name FROM terminals WHERE token_hash = ? AND token_hash <> ''"
          " AND token_expires_us > ?");
      TAMTAP_TRY(const bool found, query.Bind(token_hash).Bind(Microseconds(now)).Step());
      if (!found) return denied;
      name = query.Text(0);
    }
    TAMTAP_RETURN_IF_ERROR(
        database_
            ->Query("UPDATE terminals SET token_hash = '', token_expires_us = 0, secret_hash = ?,"
                    " revoked = 0 WHERE name = ?")
            .Bind(secret_hash)
            .Bind(name)
            .Done());
    TAMTAP_RETURN_IF_ERROR(EndFormerName(former_secret_hash, name, now));
    TAMTAP_RETURN_IF_ERROR(transaction->Commit());
    return name;
  }

  Result<std::optional<TerminalRow>> FindTerminalBySecret(std::string_view secret_hash) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    static const std::string sql = std::string(kSelectTerminal) +
                                   " WHERE secret_hash = ? AND secret_hash <> '' AND revoked = 0";
    SqliteQuery query = database_->Query(sql);
    TAMTAP_TRY(const bool found, query.Bind(secret_hash).Step());
    if (!found) return std::optional<TerminalRow>();
    return std::optional(TerminalOf(query));
  }

  Result<std::vector<TerminalRow>> Terminals() override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    static const std::string sql = std::string(kSelectTerminal) + " ORDER BY name";
    SqliteQuery query = database_->Query(sql);
    std::vector<TerminalRow> terminals;
    while (true) {
      TAMTAP_TRY(const bool row, query.Step());
      if (!row) return terminals;
      terminals.push_back(TerminalOf(query));
    }
  }

  Result<> NoteTerminals(std::span<const TerminalNote> notes) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (!notes_) {
      TAMTAP_TRY(notes_, SqliteDatabase::Open(path_, kIdentitySchema, Flush::kAtCheckpoints));
    }
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*notes_));
    for (const TerminalNote& note : notes) {
      TAMTAP_RETURN_IF_ERROR(
          notes_
              ->Query("UPDATE terminals SET last_seen_us = ?1,"
                      " status_json = CASE ?2 WHEN '' THEN status_json ELSE ?2 END WHERE name = ?3")
              .Bind(Microseconds(note.last_seen))
              .Bind(note.status_json)
              .Bind(note.name)
              .Done());
    }
    TAMTAP_RETURN_IF_ERROR(transaction->Commit());
    full_disk_.Refill();
    RemoveEnded();
    return {};
  }

  Result<> RevokeTerminal(std::string_view name) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    // A token that is still out must not let it back in.
    TAMTAP_RETURN_IF_ERROR(full_disk_.Surely(*database_, [&] {
      return database_
          ->Query(
              "UPDATE terminals SET revoked = 1, token_hash = '', token_expires_us = 0"
              " WHERE name = ?")
          .Bind(name)
          .Done();
    }));
    if (database_->Changes() == 0) {
      return Rejected("revoke the terminal " + std::string(name), "there is none of that name");
    }
    return {};
  }

  Result<> LabelTerminal(std::string_view name, std::string_view label) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_RETURN_IF_ERROR(database_->Query("UPDATE terminals SET label = ? WHERE name = ?")
                               .Bind(label)
                               .Bind(name)
                               .Done());
    if (database_->Changes() == 0) {
      return Rejected("rename the terminal " + std::string(name), "there is none of that name");
    }
    return {};
  }

  Result<FormerName> TakeFormerName(std::string_view name, std::string_view terminal,
                                    WallTime now) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    {
      SqliteQuery known =
          database_->Query("SELECT proven FROM former_names WHERE name = ? AND terminal = ?");
      TAMTAP_TRY(const bool found, known.Bind(name).Bind(terminal).Step());
      if (found && known.Number(0) != 0) return FormerName::kKnown;
      // Who only said so must not speak for the gate that got the name afterwards.
      SqliteQuery enrolled = database_->Query(
          "SELECT 1 FROM terminals WHERE name = ? AND secret_hash <> '' AND revoked = 0");
      TAMTAP_TRY(const bool others, enrolled.Bind(name).Step());
      if (others) return FormerName::kOthers;
      if (found) return FormerName::kKnown;
    }
    TAMTAP_RETURN_IF_ERROR(InsertFormerName(name, terminal, now, /*proven=*/false));
    TAMTAP_RETURN_IF_ERROR(transaction->Commit());
    return FormerName::kTaken;
  }

  TrustStore& Trust() override { return *trust_; }
  FormerAccounts& Former() override { return *former_; }
  SharedState& Shared() override { return shared_; }
  void WipeHashes() override { wipe_->TryNow(); }

 private:
  // False: there is no such account, or its hash is not what it `was`.
  Result<bool> ChangeHash(std::string_view username, std::optional<std::string_view> was,
                          std::string_view hash) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    bool changed = false;
    const auto done = full_disk_.Surely(*database_, [&]() -> Result<> {
      TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
      TAMTAP_TRY(changed, UpdateHash(*database_, username, was, hash));
      if (!changed) return {};
      TAMTAP_RETURN_IF_ERROR(
          database_->Query("DELETE FROM sessions WHERE username = ?").Bind(username).Done());
      return transaction->Commit();
    });
    return done ? Result<bool>(changed) : done.error();
  }

  Result<> DeleteAccount(std::string_view username) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_RETURN_IF_ERROR(full_disk_.Surely(*database_, [&] {
      return database_->Query("DELETE FROM accounts WHERE username = ?").Bind(username).Done();
    }));
    if (database_->Changes() == 0) return NoAccount(username);
    return {};
  }

  void RemoveEnded() REQUIRES(mutex_) {
    std::erase_if(ended_, [&](const std::string& id_hash) {
      return database_->Query("DELETE FROM sessions WHERE id_hash = ?")
          .Bind(id_hash)
          .Done()
          .has_value();
    });
  }

  Result<> InsertFormerName(std::string_view name, std::string_view terminal, WallTime now,
                            bool proven) REQUIRES(mutex_) {
    return database_
        ->Query(
            "INSERT INTO former_names(name, terminal, since_us, proven) VALUES(?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET proven = max(proven, excluded.proven)")
        .Bind(name)
        .Bind(terminal)
        .Bind(Microseconds(now))
        .Bind(proven ? 1 : 0)
        .Done();
  }

  // Within a transaction: whoever has the secret of another enrolled terminal is that terminal.
  Result<> EndFormerName(std::string_view secret_hash, std::string_view terminal, WallTime now)
      REQUIRES(mutex_) {
    if (secret_hash.empty()) return {};
    std::string former;
    {
      SqliteQuery query = database_->Query(
          "SELECT name FROM terminals WHERE secret_hash = ? AND secret_hash <> ''"
          " AND revoked = 0 AND name <> ?");
      TAMTAP_TRY(const bool found, query.Bind(secret_hash).Bind(terminal).Step());
      if (!found) return {};
      former = query.Text(0);
    }
    TAMTAP_RETURN_IF_ERROR(
        database_
            ->Query("UPDATE terminals SET revoked = 1, token_hash = '', token_expires_us = 0"
                    " WHERE name = ?")
            .Bind(former)
            .Done());
    return InsertFormerName(former, terminal, now, /*proven=*/true);
  }

  static Error NoAccount(std::string_view username) {
    return Rejected("find the account " + std::string(username), "there is none of that name");
  }

  Mutex mutex_;
  const std::string path_;
  const std::unique_ptr<SqliteDatabase> database_;
  const std::unique_ptr<TrustStore> trust_;       // a connection of its own to the same file
  const std::unique_ptr<SqliteWipe> wipe_;        // likewise
  const std::unique_ptr<FormerAccounts> former_;  // likewise; it uses wipe_
  // Of the same file, for what need not be flushed; opened when it is first needed.
  std::unique_ptr<SqliteDatabase> notes_ GUARDED_BY(mutex_);
  MemoryState shared_;  // one server has the file
  SqliteFullDisk full_disk_ GUARDED_BY(mutex_);
  // Sessions that are over, though their rows could not be removed yet.
  std::set<std::string, std::less<>> ended_ GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<IdentityStore>> OpenSqliteIdentity(const std::string& path) {
  SqliteFullDisk full_disk(path);
  TAMTAP_TRY(auto database, full_disk.Open(path, kIdentitySchema));
  // No hash of a password that was replaced stays behind in what a file does not use.
  TAMTAP_RETURN_IF_ERROR(database->Execute("PRAGMA secure_delete = ON"));
  TAMTAP_TRY(auto trust, OpenSqliteTrust(path));
  TAMTAP_TRY(auto wipe, SqliteWipe::Open(path));
  TAMTAP_TRY(auto former, OpenSqliteFormerAccounts(path, *wipe));
  return std::unique_ptr<IdentityStore>(
      std::make_unique<SqliteIdentity>(path, std::move(database), std::move(trust), std::move(wipe),
                                       std::move(former), std::move(full_disk)));
}

}  // namespace tamtap::central
