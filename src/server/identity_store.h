// IdentityStore: who may talk to the server: accounts, their sessions, terminals and their tokens.
// Secrets are stored only as hashes. What a call changes is durable when it returns, except for
// NoteTerminals. Thread-safe; several processes may share one (`tamtap account` and
// `tamtap terminals` work while the server runs), and in MongoDB several servers do: what one of
// them takes away is refused by all within kTakenAwayWithin.
//
// Every call may fail as its database does: kRetry (it is busy or away), kFull or kMisconfigured.
// What else a call may return, its comment says. The case of an account's name does not matter.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/former_accounts.h"
#include "server/shared_state.h"
#include "server/trust_store.h"

namespace tamtap {

// Whether a terminal may bring taps that were recorded under another name (TakeFormerName).
enum class FormerName {
  kKnown,   // it may: it did before, or was enrolled with the secret of that name
  kTaken,   // it may, from now on: nobody here has that name
  kOthers,  // it may not: another terminal is enrolled under that name
};

enum class AccountRole { kAdmin, kAdviser, kTeacher };

std::string_view ToString(AccountRole role);  // "admin" | "adviser" | "teacher"
std::optional<AccountRole> AccountRoleFrom(std::string_view text);

struct Account {
  std::string username;
  AccountRole role = AccountRole::kTeacher;
  std::vector<std::string> sections;  // an admin sees all whatever this says
  // Argon2id, libsodium's string form; or a former installation's (former_accounts.h).
  std::string password_hash;
  std::string name = {};   // of the person; empty: none is known beyond the account's
  std::string email = {};  // to show; who may sign in by it, former_accounts.h says
  // Somebody else has set the password, and its owner must set another before anything else.
  bool must_change_password = false;
};

// `now` with what `after` says otherwise than `before`, but for name and password.
Account WithDifferences(Account now, const Account& before, const Account& after);

struct SessionRow {
  std::string id_hash;  // SHA-256 of the session id, hexadecimal
  std::string username;
  WallTime created;
  WallTime last_seen;
};

// How many devices of an account are remembered. Beyond that, the one whose last use is the oldest
// is forgotten.
inline constexpr int kMostDevices = 32;

struct TerminalRow {
  std::string name;
  std::string token_hash;  // of the one-time token; empty once used
  WallTime token_expires{};
  std::string secret_hash;  // of the enrolled secret; empty until enrolled
  bool revoked = false;
  WallTime last_seen{};     // 1970: never
  std::string status_json;  // the last status that it reported; "" if there is none
  std::string label;        // what staff call it; "": by its name

  const std::string& Called() const { return label.empty() ? name : label; }
};

// When a terminal was heard of, and what it reported.
struct TerminalNote {
  std::string name;
  WallTime last_seen{};
  std::string status_json;  // empty: the stored one stays
};

// How long another server may still let in somebody whose session, password or secret was taken
// away.
inline constexpr std::chrono::milliseconds kTakenAwayWithin{1'000};

class IdentityStore {
 public:
  virtual ~IdentityStore() = default;

  // kRejected if the name is taken (any case).
  virtual Result<> AddAccount(const Account& account) = 0;
  virtual Result<std::optional<Account>> FindAccount(std::string_view username) = 0;
  // Forgets what this process keeps of accounts for a moment, so that the next question is answered
  // by what another server may have changed just now.
  virtual void LookAgain() {}
  virtual Result<std::vector<Account>> Accounts() = 0;
  // Also ends the account's sessions. kRejected if there is no such account.
  virtual Result<> SetPasswordHash(std::string_view username, std::string_view hash) = 0;
  // The same, unless the account's hash is another than `was`: somebody has set another password
  // meanwhile, who knew more than whoever knows the old one. False: then nothing is changed.
  virtual Result<bool> ReplacePasswordHash(std::string_view username, std::string_view was,
                                           std::string_view hash) = 0;
  // Also ends the account's sessions. kRejected if there is no such account.
  virtual Result<> RemoveAccount(std::string_view username) = 0;
  // Of role, sections, name, e-mail address and whether another password is wanted, puts what
  // differs from `before` in the place of what the account of that name has; what does not differ
  // stays as somebody else may have changed it since. Its password stays. kRejected if there is no
  // such account.
  virtual Result<> ChangeAccount(const Account& before, const Account& after) = 0;

  virtual Result<> AddSession(const SessionRow& session) = 0;
  virtual Result<std::optional<SessionRow>> FindSession(std::string_view id_hash) = 0;
  // Of one account, the newest first.
  virtual Result<std::vector<SessionRow>> SessionsOf(std::string_view username) = 0;
  // Sets SessionRow::last_seen.
  virtual Result<> TouchSession(std::string_view id_hash, WallTime now) = 0;
  virtual Result<> RemoveSession(std::string_view id_hash) = 0;
  // Removes every session that was created before `created` or last seen before `last_seen`.
  virtual Result<> RemoveSessionsBefore(WallTime created, WallTime last_seen) = 0;

  // Remembers that a device has signed in to an account. A device is a browser, named by the hash
  // of its cookie. Attempts of strangers do not keep it from trying passwords there; it proves
  // nothing else.
  virtual Result<> RememberDevice(std::string_view device_hash, std::string_view username,
                                  WallTime now) = 0;
  // Whether the device has signed in to that account; to any account, if `username` is empty.
  virtual Result<bool> KnowsDevice(std::string_view device_hash, std::string_view username) = 0;

  // Adds a terminal, or gives a new token to the terminal of that name. An old secret goes on
  // working until the new token is used. A terminal that was revoked is admitted again when it uses
  // the new token.
  virtual Result<> AddTerminal(std::string_view name, std::string_view token_hash,
                               WallTime token_expires) = 0;
  // Finds the token, forgets it and stores the secret, in one transaction. Returns the terminal's
  // name. kDenied if there is no such token or it has expired.
  // `former_secret_hash` is that of the secret which this machine had here before, or empty. If it
  // belongs to a terminal of another name, the two names are one machine: the former name is
  // revoked (as by RevokeTerminal), and its taps may come under the new name.
  virtual Result<std::string> ExchangeToken(std::string_view token_hash, WallTime now,
                                            std::string_view secret_hash,
                                            std::string_view former_secret_hash) = 0;
  // Returns the terminal if it is enrolled with that secret and not revoked.
  virtual Result<std::optional<TerminalRow>> FindTerminalBySecret(std::string_view secret_hash) = 0;
  virtual Result<std::vector<TerminalRow>> Terminals() = 0;  // by name
  // Stores all notes in one transaction that is not flushed. Unlike all other changes, a power cut
  // may undo it.
  virtual Result<> NoteTerminals(std::span<const TerminalNote> notes) = 0;
  virtual Result<> RevokeTerminal(std::string_view name) = 0;  // kRejected if there is none
  // What staff call that terminal from now on; empty: by its name. Its name stands in the ids of
  // its taps and in its journal, so it stays. kRejected if there is no such terminal.
  virtual Result<> LabelTerminal(std::string_view name, std::string_view label) = 0;
  // To be asked when `terminal` brings taps of another `name`, as a gate that was renamed does.
  // Without the former name's secret (ExchangeToken) it has that name for as long as no other
  // terminal is enrolled by it.
  virtual Result<FormerName> TakeFormerName(std::string_view name, std::string_view terminal,
                                            WallTime now) = 0;

  // The facts by which records of gates are judged; they are kept in the same database.
  virtual TrustStore& Trust() = 0;
  // Accounts of an existing installation, in the same database.
  virtual FormerAccounts& Former() = 0;
  // What the servers that use this store must agree on besides.
  virtual SharedState& Shared() = 0;
  // To be called at the start and now and then: takes what replaced hashes have left in the file's
  // log, where somebody who was reading it may have been in the way. Returns soon.
  virtual void WipeHashes() = 0;
};

}  // namespace tamtap
