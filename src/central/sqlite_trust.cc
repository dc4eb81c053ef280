#include "central/sqlite_trust.h"

#include <boost/json.hpp>

#include "base/mutex.h"
#include "central/sqlite_identity_schema.h"
#include "server/audit_names.h"

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
        " AND (?2 = '' OR who = ?2) AND (?3 = '' OR whom = ?3)"
        " AND (?4 = '' OR substr(what, 1, length(?4)) = ?4) AND at_us >= ?5 AND at_us < ?6"
        " ORDER BY id DESC LIMIT ?7");
    rows.Bind(query.before).Bind(query.who).Bind(query.whom).Bind(query.what);
    rows.Bind(Microseconds(query.since)).Bind(Microseconds(query.until));
    rows.Bind(int64_t{query.most});
    return Entries(rows);
  }

  Result<> AddAuditOnce(const AuditEntry& entry, WallTime since) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return database_
        ->Query(
            "INSERT INTO audit(at_us, who, what, whom, detail) SELECT ?1, ?2, ?3, ?4, ?5"
            " WHERE NOT EXISTS(SELECT 1 FROM audit WHERE who = ?2 AND what = ?3 AND whom = ?4"
            "                  AND at_us >= ?6)")
        .Bind(Microseconds(entry.at))
        .Bind(entry.who)
        .Bind(entry.what)
        .Bind(entry.whom)
        .Bind(entry.detail)
        .Bind(Microseconds(since))
        .Done();
  }

  Result<std::vector<AuditEntry>> AuditOf(const PersonNames& names, std::string_view name) override
      EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return EntriesAbout(names, name);
  }

  // The log is due to be emptied then, as after a change of a password (sqlite_wipe.h).
  Result<> ForgetPerson(const PersonNames& names, std::string_view name) override EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    TAMTAP_TRY(auto transaction, SqliteTransaction::Begin(*database_));
    TAMTAP_RETURN_IF_ERROR(
        database_->Query("DELETE FROM known_cards WHERE person = ?").Bind(names.person).Done());
    TAMTAP_TRY(const auto entries, EntriesAbout(names, name));
    for (const AuditEntry& each : entries) {
      TAMTAP_RETURN_IF_ERROR(
          database_
              ->Query("UPDATE audit SET whom = ?2, detail = '', what = CASE instr(what, ':')"
                      "    WHEN 0 THEN what ELSE substr(what, 1, instr(what, ':') - 1) END"
                      " WHERE id = ?1")
              .Bind(each.id)
              .Bind(kErasedName)
              .Done());
    }
    // What gates have reported last names people, too: taps in quarantine, contested cards. A gate
    // that is still there reports again.
    const std::string& shown = name.empty() ? names.person : std::string(name);
    TAMTAP_RETURN_IF_ERROR(
        database_->Query("UPDATE terminals SET status_json = '' WHERE instr(status_json, ?) > 0")
            .Bind(boost::json::serialize(boost::json::value(shown)))
            .Done());
    TAMTAP_RETURN_IF_ERROR(
        database_->Query("UPDATE replaced_hashes SET replaced = replaced + 1").Done());
    return transaction->Commit();
  }

 private:
  Result<std::vector<AuditEntry>> EntriesAbout(const PersonNames& names, std::string_view name)
      REQUIRES(mutex_) {
    SqliteQuery rows = database_->Query(
        "SELECT id, at_us, who, what, whom, detail FROM audit WHERE whom <> ?1 ORDER BY id DESC");
    rows.Bind(kErasedName);
    std::vector<AuditEntry> about;
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return about;
      AuditEntry entry = EntryOf(rows);
      if (IsAbout(entry, names, name)) about.push_back(std::move(entry));
    }
  }

  static AuditEntry EntryOf(SqliteQuery& rows) {
    return {TimeOf(rows.Number(1)), rows.Text(2), rows.Text(3),
            rows.Text(4),           rows.Text(5), rows.Number(0)};
  }

  static Result<std::vector<AuditEntry>> Entries(SqliteQuery& rows) {
    std::vector<AuditEntry> entries;
    while (true) {
      TAMTAP_TRY(const bool row, rows.Step());
      if (!row) return entries;
      entries.push_back(EntryOf(rows));
    }
  }

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
  TAMTAP_RETURN_IF_ERROR(database->Execute("PRAGMA secure_delete = ON"));
  return std::unique_ptr<TrustStore>(std::make_unique<SqliteTrust>(std::move(database)));
}

}  // namespace tamtap::central
