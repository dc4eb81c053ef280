// Rows of the server's own file, read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "central/sqlite_database.h"
#include "server/identity_store.h"

namespace tamtap::central {

inline int64_t Microseconds(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime TimeOf(int64_t microseconds) {
  return WallTime(std::chrono::microseconds(microseconds));
}

inline constexpr std::string_view kSelectTerminal =
    "SELECT name, token_hash, token_expires_us, secret_hash, revoked, last_seen_us, status_json,"
    " label"
    " FROM terminals";

// Of what kSelectTerminal names.
inline TerminalRow TerminalOf(const SqliteQuery& row) {
  TerminalRow terminal;
  terminal.name = row.Text(0);
  terminal.token_hash = row.Text(1);
  terminal.token_expires = TimeOf(row.Number(2));
  terminal.secret_hash = row.Text(3);
  terminal.revoked = row.Number(4) != 0;
  terminal.last_seen = TimeOf(row.Number(5));
  terminal.status_json = row.Text(6);
  terminal.label = row.Text(7);
  return terminal;
}

}  // namespace tamtap::central
