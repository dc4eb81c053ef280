#include "central/sqlite_former_accounts.h"

#include "base/mutex.h"
#include "central/sqlite_account_rows.h"
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

  Result<FormerOutcome> Take(const Account& account) override EXCLUDES(mutex_) {
    TAMTAP_TRY(const FormerOutcome outcome, TakeIn(account));
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
  // The account of that name, in any case of its letters.
  struct There {
    std::string username;  // empty: there is none
    std::string hash;
    bool is_admin = false;
  };

  static FormerOutcome OutcomeOf(const Account& account, bool was_taken, const There& there) {
    if (there.username.empty()) return was_taken ? FormerOutcome::kRemoved : FormerOutcome::kAdded;
    if (!was_taken) return FormerOutcome::kTaken;
    if (there.hash == account.password_hash) return FormerOutcome::kThere;
    if (there.username != account.username) return FormerOutcome::kTaken;
    if (!there.hash.starts_with("$2")) return FormerOutcome::kThere;
    if (there.is_admin != (account.role == AccountRole::kAdmin)) return FormerOutcome::kOtherRole;
    return FormerOutcome::kChanged;
  }

  Result<FormerOutcome> TakeIn(const Account& account) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    TAMTAP_TRY(const bool was_taken, WasTaken(account.username));
    TAMTAP_TRY(const There there, FindThere(account.username));
    const FormerOutcome outcome = OutcomeOf(account, was_taken, there);
    if (outcome == FormerOutcome::kChanged) {
      TAMTAP_RETURN_IF_ERROR(SetHash(account.username, account.password_hash));
    } else if (outcome == FormerOutcome::kAdded) {
      TAMTAP_RETURN_IF_ERROR(Insert(account));
    } else {
      return outcome;
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

  Result<There> FindThere(std::string_view username) REQUIRES(mutex_) {
    SqliteQuery query =
        database_->Query("SELECT username, password_hash, role FROM accounts WHERE username = ?");
    TAMTAP_TRY(const bool found, query.Bind(username).Step());
    if (!found) return There{};
    return There{query.Text(0), query.Text(1), query.View(2) == ToString(AccountRole::kAdmin)};
  }

  Result<> SetHash(std::string_view username, std::string_view hash) REQUIRES(mutex_) {
    return database_->Query("UPDATE accounts SET password_hash = ? WHERE username = ?")
        .Bind(hash)
        .Bind(username)
        .Done();
  }

  Result<> Insert(const Account& account) REQUIRES(mutex_) {
    TAMTAP_RETURN_IF_ERROR(InsertAccount(*database_, account));
    // Of two with one address, the first has it.
    return database_
        ->Query(
            "INSERT INTO former_accounts(username, email) SELECT ?1, CASE WHEN EXISTS("
            "  SELECT 1 FROM former_accounts WHERE email = ?2 AND email <> '')"
            " THEN '' ELSE ?2 END")
        .Bind(account.username)
        .Bind(account.email)
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
