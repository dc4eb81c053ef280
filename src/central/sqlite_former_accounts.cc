#include "central/sqlite_former_accounts.h"

#include "base/mutex.h"
#include "central/sqlite_database.h"
#include "central/sqlite_identity_schema.h"
#include "server/former_accounts.h"
#include "server/identity_store.h"

namespace tamtap::central {
namespace {

class SqliteFormerAccounts final : public FormerAccounts {
 public:
  SqliteFormerAccounts(std::unique_ptr<SqliteDatabase> database, SqliteWipe& wipe)
      : database_(std::move(database)), wipe_(wipe) {}

  Result<FormerOutcome> Take(const Account& account, std::string_view email) override
      EXCLUDES(mutex_) {
    TAMTAP_TRY(const FormerOutcome outcome, TakeIn(account, email));
    if (outcome == FormerOutcome::kChanged) wipe_.TryNow();
    return outcome;
  }

  Result<std::string> NameOf(std::string_view email) override EXCLUDES(mutex_) {
    if (email.empty()) return std::string();
    MutexLock lock(mutex_);
    SqliteQuery query =
        database_->Query("SELECT username FROM former_accounts WHERE email = ? AND email <> ''");
    TAMTAP_TRY(const bool found, query.Bind(email).Step());
    return found ? query.Text(0) : std::string();
  }

  Result<bool> Replace(std::string_view username, std::string_view former,
                       std::string_view hash) override EXCLUDES(mutex_) {
    TAMTAP_TRY(const bool replaced, ReplaceInFile(username, former, hash));
    if (replaced) wipe_.TryNow();
    return replaced;
  }

  Result<std::string> SomeHash() override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    SqliteQuery query = database_->Query(
        "SELECT password_hash FROM accounts WHERE substr(password_hash, 1, 2) = '$2'"
        " AND CAST(substr(password_hash, 5, 2) AS INTEGER) <= ?"
        " ORDER BY substr(password_hash, 5, 2) DESC LIMIT 1");
    TAMTAP_TRY(const bool found, query.Bind(int64_t{kMostBcryptCost}).Step());
    return found ? query.Text(0) : std::string();
  }

 private:
  struct Hash {
    std::string text;  // empty: there is no account
    bool is_former = false;
  };

  Result<FormerOutcome> TakeIn(const Account& account, std::string_view email) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    TAMTAP_TRY(const bool was_taken, WasTaken(account.username));
    TAMTAP_TRY(const Hash hash, HashOf(account.username));
    FormerOutcome outcome = FormerOutcome::kAdded;
    if (was_taken) {
      outcome = hash.is_former && hash.text != account.password_hash ? FormerOutcome::kChanged
                                                                     : FormerOutcome::kThere;
      if (outcome == FormerOutcome::kThere) return outcome;
      TAMTAP_RETURN_IF_ERROR(SetHash(account.username, account.password_hash));
    } else if (!hash.text.empty()) {
      return FormerOutcome::kTaken;
    } else {
      TAMTAP_RETURN_IF_ERROR(Insert(account, email));
    }
    TAMTAP_RETURN_IF_ERROR(transaction->Commit());
    return outcome;
  }

  Result<bool> ReplaceInFile(std::string_view username, std::string_view former,
                             std::string_view hash) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    TAMTAP_RETURN_IF_ERROR(database_
                               ->Query("UPDATE accounts SET password_hash = ? WHERE username = ?"
                                       " AND password_hash = ?")
                               .Bind(hash)
                               .Bind(username)
                               .Bind(former)
                               .Done());
    if (database_->Changes() == 0) return false;
    TAMTAP_RETURN_IF_ERROR(transaction->Commit());
    return true;
  }

  Result<bool> WasTaken(std::string_view username) REQUIRES(mutex_) {
    return database_->Query("SELECT 1 FROM former_accounts WHERE username = ?")
        .Bind(username)
        .Step();
  }

  Result<Hash> HashOf(std::string_view username) REQUIRES(mutex_) {
    SqliteQuery query = database_->Query("SELECT password_hash FROM accounts WHERE username = ?");
    TAMTAP_TRY(const bool found, query.Bind(username).Step());
    if (!found) return Hash{};
    std::string text = query.Text(0);
    const bool is_former = text.starts_with("$2");
    return Hash{std::move(text), is_former};
  }

  Result<> SetHash(std::string_view username, std::string_view hash) REQUIRES(mutex_) {
    return database_->Query("UPDATE accounts SET password_hash = ? WHERE username = ?")
        .Bind(hash)
        .Bind(username)
        .Done();
  }

  Result<> Insert(const Account& account, std::string_view email) REQUIRES(mutex_) {
    const std::string sections = SectionsText(account.sections);
    TAMTAP_RETURN_IF_ERROR(database_
                               ->Query("INSERT INTO accounts(username, role, sections,"
                                       " password_hash) VALUES(?, ?, ?, ?)")
                               .Bind(account.username)
                               .Bind(ToString(account.role))
                               .Bind(sections)
                               .Bind(account.password_hash)
                               .Done());
    // Of two with one address, the first has it.
    return database_
        ->Query(
            "INSERT INTO former_accounts(username, email) SELECT ?1, CASE WHEN EXISTS("
            "  SELECT 1 FROM former_accounts WHERE email = ?2 AND email <> '')"
            " THEN '' ELSE ?2 END")
        .Bind(account.username)
        .Bind(email)
        .Done();
  }

  Mutex mutex_;
  const std::unique_ptr<SqliteDatabase> database_;
  SqliteWipe& wipe_;  // outside the mutex, which sign-ins wait for
};

}  // namespace

Result<std::unique_ptr<FormerAccounts>> OpenSqliteFormerAccounts(const std::string& path,
                                                                 SqliteWipe& wipe) {
  TAMTAP_TRY(auto database, SqliteDatabase::Open(path, kIdentitySchema));
  TAMTAP_RETURN_IF_ERROR(database->Execute("PRAGMA secure_delete = ON"));
  return std::unique_ptr<FormerAccounts>(
      std::make_unique<SqliteFormerAccounts>(std::move(database), wipe));
}

}  // namespace tamtap::central
