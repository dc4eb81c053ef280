// The schema of the server's own file: accounts, sessions, terminals, and what it knows of trust.
#pragma once

#include "central/sqlite_database.h"

namespace tamtap::central {

inline constexpr const char* kIdentitySteps[] = {
    "CREATE TABLE accounts("
    "  username TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, role TEXT NOT NULL,"
    "  sections TEXT NOT NULL, password_hash TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE sessions("
    "  id_hash TEXT PRIMARY KEY NOT NULL, username TEXT NOT NULL COLLATE NOCASE"
    "    REFERENCES accounts(username) ON DELETE CASCADE,"
    "  created_us INTEGER NOT NULL, last_seen_us INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX sessions_by_username ON sessions(username);"
    "CREATE TABLE terminals("
    "  name TEXT PRIMARY KEY NOT NULL, token_hash TEXT NOT NULL, token_expires_us INTEGER NOT NULL,"
    "  secret_hash TEXT NOT NULL DEFAULT '', revoked INTEGER NOT NULL DEFAULT 0,"
    "  last_seen_us INTEGER NOT NULL DEFAULT 0, status_json TEXT NOT NULL DEFAULT '')"
    "  WITHOUT ROWID;"
    "CREATE UNIQUE INDEX terminals_by_token ON terminals(token_hash) WHERE token_hash <> '';"
    "CREATE UNIQUE INDEX terminals_by_secret ON terminals(secret_hash) WHERE secret_hash <> '';",
    // Names whose taps a terminal of another name brings.
    "CREATE TABLE former_names("
    "  name TEXT NOT NULL, terminal TEXT NOT NULL, since_us INTEGER NOT NULL,"
    "  PRIMARY KEY(name, terminal)) WITHOUT ROWID;",
    // Devices that have signed in, and to which accounts.
    "CREATE TABLE devices("
    "  device_hash TEXT NOT NULL, username TEXT NOT NULL COLLATE NOCASE"
    "    REFERENCES accounts(username) ON DELETE CASCADE,"
    "  last_used_us INTEGER NOT NULL, PRIMARY KEY(device_hash, username)) WITHOUT ROWID;"
    "CREATE INDEX devices_by_username ON devices(username, last_used_us);",
    // Who was ever of the school, and what staff have said of what gates bring (trust_store.h).
    "CREATE TABLE known_cards("
    "  person TEXT NOT NULL, card TEXT NOT NULL, PRIMARY KEY(person, card)) WITHOUT ROWID;"
    "CREATE TABLE imports("
    "  terminal TEXT NOT NULL, tap TEXT NOT NULL, PRIMARY KEY(terminal, tap)) WITHOUT ROWID;"
    "CREATE TABLE voided_imports(tap TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE voided_days("
    "  terminal TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL,"
    "  voided_by TEXT NOT NULL, at_us INTEGER NOT NULL,"
    "  PRIMARY KEY(terminal, first_day, last_day)) WITHOUT ROWID;"
    "CREATE TABLE vouched_taps("
    "  tap TEXT PRIMARY KEY NOT NULL, vouched_by TEXT NOT NULL, at_us INTEGER NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE audit("
    "  id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,"
    "  whom TEXT NOT NULL, detail TEXT NOT NULL);",
    // Whether the terminal showed the former name's secret, or only said that it had the name. What
    // stood here before was taken either way, and stays taken.
    "ALTER TABLE former_names ADD COLUMN proven INTEGER NOT NULL DEFAULT 1;",
    // Accounts that came from an existing installation, also those that were removed since then.
    "CREATE TABLE former_accounts("
    "  username TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, email TEXT NOT NULL COLLATE NOCASE)"
    "  WITHOUT ROWID;"
    "CREATE INDEX former_accounts_by_email ON former_accounts(email) WHERE email <> '';",
    // How many hashes of passwords were ever replaced or removed, and how many of these are wiped
    // from the log too (sqlite_wipe.h). One may stand in a log of before.
    "CREATE TABLE replaced_hashes(replaced INTEGER NOT NULL, wiped INTEGER NOT NULL);"
    "INSERT INTO replaced_hashes VALUES(1, 0);"
    "CREATE TRIGGER hash_replaced AFTER UPDATE OF password_hash ON accounts"
    "  WHEN new.password_hash <> old.password_hash"
    "  BEGIN UPDATE replaced_hashes SET replaced = replaced + 1; END;"
    "CREATE TRIGGER hash_removed AFTER DELETE ON accounts"
    "  BEGIN UPDATE replaced_hashes SET replaced = replaced + 1; END;",
    // Whose an account is, and whether its password was somebody else's choice.
    "ALTER TABLE accounts ADD COLUMN name TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE accounts ADD COLUMN email TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE accounts ADD COLUMN must_change_password INTEGER NOT NULL DEFAULT 0;"
    "UPDATE accounts SET email = coalesce((SELECT former.email FROM former_accounts AS former"
    "  WHERE former.username = accounts.username), '');",
    // The audit trail is only ever added to.
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit trail is kept'); END;"
    "CREATE TRIGGER audit_is_as_it_was BEFORE UPDATE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit trail is kept'); END;",
    // The one change that it takes is that an entry names somebody no more who was erased
    // (kErasedName). What was done may say why a change was refused, with names, behind a colon.
    "CREATE INDEX audit_by_whom ON audit(whom, id);"
    "CREATE INDEX audit_by_who ON audit(who, id);"
    "DROP TRIGGER audit_is_as_it_was;"
    "CREATE TRIGGER audit_is_as_it_was BEFORE UPDATE ON audit WHEN NOT ("
    "    new.id = old.id AND new.at_us = old.at_us AND new.who = old.who AND"
    "    new.what = CASE instr(old.what, ':') WHEN 0 THEN old.what"
    "      ELSE substr(old.what, 1, instr(old.what, ':') - 1) END AND"
    "    new.whom = 'somebody who was erased' AND new.detail = '')"
    "  BEGIN SELECT RAISE(ABORT, 'the audit trail is kept'); END;",
    // By which databases that servers share this file was taken over, and what it is called there.
    "CREATE TABLE taken_over(store TEXT PRIMARY KEY NOT NULL, at_us INTEGER NOT NULL)"
    "  WITHOUT ROWID;"
    "CREATE TABLE file_name(one INTEGER PRIMARY KEY CHECK(one = 1), name TEXT NOT NULL);",
    // What staff call a terminal; its name is in its taps, and stays.
    "ALTER TABLE terminals ADD COLUMN label TEXT NOT NULL DEFAULT '';",
    // What INSERT OR REPLACE puts another entry in the place of is deleted without the trigger that
    // forbids it. Where no number is given, none below 1 is drawn, and SQLite shows -1 before.
    "CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit"
    "  WHEN EXISTS(SELECT 1 FROM audit WHERE id = new.id)"
    "  BEGIN SELECT RAISE(ABORT, 'the audit trail is kept'); END;"
    "CREATE TRIGGER audit_is_numbered AFTER INSERT ON audit WHEN new.id < 1"
    "  BEGIN SELECT RAISE(ABORT, 'the entries of the audit trail are numbered from 1'); END;",
};
inline constexpr SqliteSchema kIdentitySchema{.application_id = 0x54544944,
                                              .steps = kIdentitySteps};  // "TTID"

}  // namespace tamtap::central
