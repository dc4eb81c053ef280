#include "base/clock.h"
#include "base/random.h"
#include "central/identity_content.h"
#include "central/sqlite_account_rows.h"
#include "central/sqlite_database.h"
#include "central/sqlite_identity_rows.h"
#include "central/sqlite_identity_schema.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

template <typename Row, typename Read>
Result<> ReadAll(SqliteDatabase& database, std::string_view sql, std::vector<Row>& rows,
                 Read read) {
  SqliteQuery query = database.Query(sql);
  while (true) {
    TAMTAP_TRY(const bool there, query.Step());
    if (!there) return {};
    rows.push_back(read(query));
  }
}

Result<> ReadAccounts(SqliteDatabase& database, IdentityContent& content) {
  SqliteQuery query = database.Query(kSelectAccount);
  while (true) {
    TAMTAP_TRY(const bool there, query.Step());
    if (!there) return {};
    // Whoever can't be read opens nothing here, and nothing there.
    if (auto account = AccountOf(query)) content.accounts.push_back(*std::move(account));
  }
}

Result<IdentityContent> ReadContent(SqliteDatabase& database) {
  IdentityContent content;
  TAMTAP_TRY(const auto transaction, SqliteTransaction::BeginReading(database));
  TAMTAP_RETURN_IF_ERROR(ReadAccounts(database, content));
  TAMTAP_RETURN_IF_ERROR(ReadAll(database, "SELECT username, email FROM former_accounts",
                                 content.former_accounts, [](const SqliteQuery& row) {
                                   return IdentityContent::FormerAccount{row.Text(0), row.Text(1)};
                                 }));
  TAMTAP_RETURN_IF_ERROR(ReadAll(
      database, "SELECT id_hash, username, created_us, last_seen_us FROM sessions",
      content.sessions, [](const SqliteQuery& row) {
        return SessionRow{row.Text(0), row.Text(1), TimeOf(row.Number(2)), TimeOf(row.Number(3))};
      }));
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(database, "SELECT device_hash, username, last_used_us FROM devices", content.devices,
              [](const SqliteQuery& row) {
                return IdentityContent::Device{row.Text(0), row.Text(1), TimeOf(row.Number(2))};
              }));
  TAMTAP_RETURN_IF_ERROR(ReadAll(database, kSelectTerminal, content.terminals, TerminalOf));
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(database, "SELECT name, terminal, since_us, proven FROM former_names",
              content.former_names, [](const SqliteQuery& row) {
                return IdentityContent::FormerNameRow{row.Text(0), row.Text(1),
                                                      TimeOf(row.Number(2)), row.Number(3) != 0};
              }));
  TAMTAP_RETURN_IF_ERROR(ReadAll(database, "SELECT person, card FROM known_cards",
                                 content.known_cards, [](const SqliteQuery& row) {
                                   return KnownCard{row.Text(0), row.Text(1)};
                                 }));
  TAMTAP_RETURN_IF_ERROR(ReadAll(database, "SELECT terminal, tap FROM imports", content.imports,
                                 [](const SqliteQuery& row) {
                                   return IdentityContent::Import{row.Text(0), row.Text(1)};
                                 }));
  TAMTAP_RETURN_IF_ERROR(ReadAll(database, "SELECT tap FROM voided_imports", content.voided_imports,
                                 [](const SqliteQuery& row) { return row.Text(0); }));
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(database, "SELECT terminal, first_day, last_day, voided_by, at_us FROM voided_days",
              content.voided_days, [](const SqliteQuery& row) {
                return VoidedDays{row.Text(0), row.Text(1), row.Text(2), row.Text(3),
                                  TimeOf(row.Number(4))};
              }));
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(database, "SELECT tap, vouched_by, at_us FROM vouched_taps", content.vouched,
              [](const SqliteQuery& row) {
                return IdentityContent::Vouched{row.Text(0), row.Text(1), TimeOf(row.Number(2))};
              }));
  TAMTAP_RETURN_IF_ERROR(
      ReadAll(database, "SELECT id, at_us, who, what, whom, detail FROM audit ORDER BY id",
              content.audit, [](const SqliteQuery& row) {
                return AuditEntry{TimeOf(row.Number(1)), row.Text(2), row.Text(3),
                                  row.Text(4),           row.Text(5), row.Number(0)};
              }));
  return content;
}

}  // namespace

Result<bool> TakeOverIdentity(
    const std::string& path, const std::string& store,
    const std::function<Result<>(const IdentityContent&, const std::string&)>& take) {
  TAMTAP_TRY(const auto database, SqliteDatabase::Open(path, kIdentitySchema));
  {
    SqliteQuery done = database->Query("SELECT 1 FROM taken_over WHERE store = ?");
    TAMTAP_TRY(const bool found, done.Bind(store).Step());
    if (found) return false;
  }
  // Of each entry of the trail its origin is written down, so that nothing is taken over twice if
  // this is killed on the way.
  std::string name;
  {
    const std::string drawn = SystemRandom().Hex(8);
    TAMTAP_RETURN_IF_ERROR(
        database->Query("INSERT OR IGNORE INTO file_name(one, name) VALUES(1, ?)")
            .Bind(drawn)
            .Done());
    SqliteQuery known = database->Query("SELECT name FROM file_name");
    TAMTAP_TRY(const bool found, known.Step());
    if (found) name = known.Text(0);
  }
  TAMTAP_TRY(const IdentityContent content, ReadContent(*database));
  TAMTAP_RETURN_IF_ERROR(take(content, name));
  TAMTAP_RETURN_IF_ERROR(
      database->Query("INSERT OR IGNORE INTO taken_over(store, at_us) VALUES(?, ?)")
          .Bind(store)
          .Bind(Microseconds(SystemClock().Now()))
          .Done());
  return true;
}

}  // namespace tamtap::central
