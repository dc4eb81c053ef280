// Accounts as rows of the table `accounts`.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "central/sqlite_database.h"
#include "server/identity_store.h"

namespace tamtap::central {

// What AccountOf reads; a condition may follow.
inline constexpr std::string_view kSelectAccount =
    "SELECT username, role, sections, password_hash, name, email, must_change_password"
    " FROM accounts";

// kCorrupt: it can't be read, and opens nothing.
Result<Account> AccountOf(const SqliteQuery& row);
// The account of that name; none.
Result<std::optional<Account>> ReadAccount(SqliteDatabase& database, std::string_view username);
// All of them by name, but those that can't be read, which are said.
Result<std::vector<Account>> ReadAccounts(SqliteDatabase& database);
// Sets the hash, if it is what it `was`; nothing: whatever it was. Returns whether it did.
Result<bool> UpdateHash(SqliteDatabase& database, std::string_view username,
                        std::optional<std::string_view> was, std::string_view hash);
// All but its name and its password; returns whether there is one of that name.
Result<bool> UpdateAccount(SqliteDatabase& database, const Account& account);
// kRejected: there is one of that name.
Result<> InsertAccount(SqliteDatabase& database, const Account& account);

}  // namespace tamtap::central
