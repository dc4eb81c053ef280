#include "central/sqlite_account_rows.h"

#include <boost/json.hpp>
#include <string>

#include "base/text.h"
#include "base/unreadable.h"
#include "tap/record.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

// The table holds sections as a JSON list.
std::string SectionsText(const std::vector<std::string>& sections) {
  json::array array;
  for (const std::string& section : sections) array.emplace_back(section);
  return json::serialize(array);
}

}  // namespace

Result<Account> AccountOf(const SqliteQuery& row) {
  Account account;
  account.username = row.Text(0);
  account.password_hash = row.Text(3);
  account.name = row.Text(4);
  account.email = row.Text(5);
  account.must_change_password = row.Number(6) != 0;
  const auto role = AccountRoleFrom(row.View(1));
  boost::system::error_code failed;
  const auto sections = json::parse(row.View(2), failed);
  // Whoever can't be read is let into nothing.
  if (!role || failed || !sections.is_array() || !IsUtf8(account.username) ||
      !IsUtf8(account.name) || !IsUtf8(account.email)) {
    return Error{ErrorCode::kCorrupt, "read an account", 0,
                 "remove it and add it again: tamtap account remove, tamtap account add"};
  }
  account.role = *role;
  for (const auto& section : sections.get_array()) {
    if (section.is_string()) account.sections.emplace_back(section.get_string());
  }
  return account;
}

Result<std::optional<Account>> ReadAccount(SqliteDatabase& database, std::string_view username) {
  static const std::string sql = std::string(kSelectAccount) + " WHERE username = ?";
  SqliteQuery query = database.Query(sql);
  TAMTAP_TRY(const bool found, query.Bind(username).Step());
  if (!found) return std::optional<Account>();
  TAMTAP_TRY(Account account, AccountOf(query));
  return std::optional(std::move(account));
}

Result<std::vector<Account>> ReadAccounts(SqliteDatabase& database) {
  static const std::string sql = std::string(kSelectAccount) + " ORDER BY username";
  SqliteQuery query = database.Query(sql);
  std::vector<Account> accounts;
  while (true) {
    TAMTAP_TRY(const bool row, query.Step());
    if (!row) return accounts;
    auto account = AccountOf(query);
    if (account) {
      accounts.push_back(*std::move(account));
    } else {
      std::string name = "account ";
      AppendJsonString(query.View(0), name);
      NoteUnreadable(name, account.error());
    }
  }
}

Result<bool> UpdateHash(SqliteDatabase& database, std::string_view username,
                        std::optional<std::string_view> was, std::string_view hash) {
  TAMTAP_RETURN_IF_ERROR(
      database
          .Query("UPDATE accounts SET password_hash = ?1, must_change_password = 0"
                 " WHERE username = ?2 AND (?3 = 0 OR password_hash = ?4)")
          .Bind(hash)
          .Bind(username)
          .Bind(int64_t{was.has_value()})
          .Bind(was.value_or(""))
          .Done());
  return database.Changes() > 0;
}

Result<bool> UpdateAccount(SqliteDatabase& database, const Account& account) {
  const std::string sections = SectionsText(account.sections);
  TAMTAP_RETURN_IF_ERROR(database
                             .Query("UPDATE accounts SET role = ?, sections = ?, name = ?,"
                                    " email = ?, must_change_password = ? WHERE username = ?")
                             .Bind(ToString(account.role))
                             .Bind(sections)
                             .Bind(account.name)
                             .Bind(account.email)
                             .Bind(int64_t{account.must_change_password})
                             .Bind(account.username)
                             .Done());
  return database.Changes() == 1;
}

Result<> InsertAccount(SqliteDatabase& database, const Account& account) {
  const std::string sections = SectionsText(account.sections);
  return database
      .Query(
          "INSERT INTO accounts(username, role, sections, password_hash, name, email,"
          " must_change_password) VALUES(?, ?, ?, ?, ?, ?, ?)")
      .Bind(account.username)
      .Bind(ToString(account.role))
      .Bind(sections)
      .Bind(account.password_hash)
      .Bind(account.name)
      .Bind(account.email)
      .Bind(int64_t{account.must_change_password})
      .Done();
}

}  // namespace tamtap::central
