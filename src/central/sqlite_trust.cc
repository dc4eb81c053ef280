#include "central/sqlite_trust.h"

#include "base/mutex.h"
#include "central/sqlite_identity_schema.h"

namespace tamtap::central {
namespace {

int64_t Microseconds(WallTime time) { return time.time_since_epoch().count(); }
WallTime TimeOf(int64_t microseconds) { return WallTime(std::chrono::microseconds(microseconds)); }

class SqliteTrust final : public TrustStore {
 public:
  explicit SqliteTrust(std::unique_ptr<SqliteDatabase> database) : database_(std::move(database)) {}

  Result<> RememberCards(std::span<const KnownCard> cards) override EXCLUDES(mutex_) {
    return ForEach(cards, [this](const KnownCard& known) {
      return database_->Query("INSERT OR IGNORE INTO known_cards(person, card) VALUES(?, ?)")
          .Bind(known.person)
          .Bind(known.card)
          .Done();
    });
  }

  Result<bool> WasCardOf(std::string_view card, std::string_view person) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_->Query("SELECT 1 FROM known_cards WHERE person = ? AND card = ?")
        .Bind(person)
        .Bind(card)
        .Step();
  }

  Result<> NoteImports(std::string_view terminal, std::span<const std::string> taps) override
      EXCLUDES(mutex_) {
    return ForEach(taps, [&, this](const std::string& tap) {
      return database_->Query("INSERT OR IGNORE INTO imports(terminal, tap) VALUES(?, ?)")
          .Bind(terminal)
          .Bind(tap)
          .Done();
    });
  }

  Result<std::vector<std::string>> ImportsOf(std::string_view terminal) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return Texts(database_->Query("SELECT tap FROM imports WHERE terminal = ?"), terminal);
  }

  Result<std::vector<std::string>> FormerNamesOf(std::string_view terminal) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return Texts(database_->Query("SELECT name FROM former_names WHERE terminal = ?"), terminal);
  }

  Result<> AddVoided(const VoidedDays& days) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_
        ->Query(
            "INSERT OR REPLACE INTO voided_days(terminal, first_day, last_day, voided_by,"
            " at_us) VALUES(?, ?, ?, ?, ?)")
        .Bind(days.terminal)
        .Bind(days.first_day)
        .Bind(days.last_day)
        .Bind(days.by)
        .Bind(Microseconds(days.at))
        .Done();
  }

  Result<std::vector<VoidedDays>> Voided() override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    SqliteQuery rows =
        database_->Query("SELECT terminal, first_day, last_day, voided_by, at_us FROM voided_days");
    std::vector<VoidedDays> voided;
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return voided;
      voided.push_back(
          {rows.Text(0), rows.Text(1), rows.Text(2), rows.Text(3), TimeOf(rows.Number(4))});
    }
  }

  Result<> AddVoidedImports(std::span<const std::string> taps) override EXCLUDES(mutex_) {
    return ForEach(taps, [this](const std::string& tap) {
      return database_->Query("INSERT OR IGNORE INTO voided_imports(tap) VALUES(?)")
          .Bind(tap)
          .Done();
    });
  }

  Result<bool> IsVoidedImport(std::string_view tap) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_->Query("SELECT 1 FROM voided_imports WHERE tap = ?").Bind(tap).Step();
  }

  Result<> Vouch(std::span<const std::string> taps, std::string_view by, WallTime now) override
      EXCLUDES(mutex_) {
    return ForEach(taps, [&, this](const std::string& tap) {
      return database_
          ->Query("INSERT OR REPLACE INTO vouched_taps(tap, vouched_by, at_us) VALUES(?, ?, ?)")
          .Bind(tap)
          .Bind(by)
          .Bind(Microseconds(now))
          .Done();
    });
  }

  Result<bool> IsVouchedFor(std::string_view tap) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_->Query("SELECT 1 FROM vouched_taps WHERE tap = ?").Bind(tap).Step();
  }

  Result<> AddAudit(const AuditEntry& entry) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_
        ->Query("INSERT INTO audit(at_us, who, what, whom, detail) VALUES(?, ?, ?, ?, ?)")
        .Bind(Microseconds(entry.at))
        .Bind(entry.who)
        .Bind(entry.what)
        .Bind(entry.whom)
        .Bind(entry.detail)
        .Done();
  }

  Result<std::vector<AuditEntry>> Audit(const AuditQuery& query) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    SqliteQuery rows = database_->Query(
        "SELECT id, at_us, who, what, whom, detail FROM audit WHERE id < ?1"
        " AND (?2 = '' OR who = ?2) AND (?3 = '' OR whom = ?3) ORDER BY id DESC LIMIT ?4");
    rows.Bind(query.before).Bind(query.who).Bind(query.whom).Bind(int64_t{query.most});
    std::vector<AuditEntry> entries;
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return entries;
      entries.push_back({TimeOf(rows.Number(1)), rows.Text(2), rows.Text(3), rows.Text(4),
                         rows.Text(5), rows.Number(0)});
    }
  }

 private:
  // All in one transaction.
  template <typename Items, typename Write>
  Result<> ForEach(const Items& items, Write write) EXCLUDES(mutex_) {
    if (items.empty()) return {};
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    for (const auto& item : items) TAMTAP_RETURN_IF_ERROR(write(item));
    return transaction->Commit();
  }

  static Result<std::vector<std::string>> Texts(SqliteQuery rows, std::string_view parameter) {
    rows.Bind(parameter);
    std::vector<std::string> texts;
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return texts;
      texts.push_back(rows.Text(0));
    }
  }

  Mutex mutex_;
  const std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace

Result<std::unique_ptr<TrustStore>> OpenSqliteTrust(const std::string& path) {
  TAMTAP_TRY(auto database, SqliteDatabase::Open(path, kIdentitySchema));
  return std::unique_ptr<TrustStore>(std::make_unique<SqliteTrust>(std::move(database)));
}

}  // namespace tamtap::central
