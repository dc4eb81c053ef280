// IdentityStore: who may talk to the server: accounts, their sessions, terminals and their tokens.
// Secrets are stored as hashes only. Durable when a call returns, but for NoteTerminals.
// Thread-safe, and several processes may share one (`tamtap account` and `tamtap terminals` work
// while the server runs).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/trust_store.h"

namespace tamtap {

// Whether a terminal may bring taps of another name.
enum class FormerName {
  kKnown,  // it did before, or was enrolled with that name's secret
  kTaken,  // that name is nobody's here; from now on it is known that this terminal brings its taps
  kOthers,  // another terminal is enrolled under that name
};

enum class AccountRole { kAdmin, kAdviser, kTeacher };

std::string_view ToString(AccountRole role);  // "admin" | "adviser" | "teacher"
std::optional<AccountRole> AccountRoleFrom(std::string_view text);

struct Account {
  std::string username;
  AccountRole role = AccountRole::kTeacher;
  std::vector<std::string> sections;  // an admin sees all whatever this says
  std::string password_hash;          // Argon2id, libsodium's string form
};

struct SessionRow {
  std::string id_hash;  // SHA-256 of the session id, hexadecimal
  std::string username;
  WallTime created;
  WallTime last_seen;
};

// How many devices of an account are remembered; the one that was used longest ago goes first.
inline constexpr int kMostDevices = 32;

struct TerminalRow {
  std::string name;
  std::string token_hash;  // of the one-time token; empty once used
  WallTime token_expires{};
  std::string secret_hash;  // of the enrolled secret; empty until enrolled
  bool revoked = false;
  WallTime last_seen{};     // epoch: never
  std::string status_json;  // the last status it reported; "" if none
};

// When a terminal was heard of, and what it said.
struct TerminalNote {
  std::string name;
  WallTime last_seen{};
  std::string status_json;  // empty: the last one stays
};

class IdentityStore {
 public:
  virtual ~IdentityStore() = default;

  // kRejected if the name is taken (any case).
  virtual Result<> AddAccount(const Account& account) = 0;
  virtual Result<std::optional<Account>> FindAccount(std::string_view username) = 0;
  virtual Result<std::vector<Account>> Accounts() = 0;
  // Also ends the account's sessions. kRejected if there is no such account.
  virtual Result<> SetPasswordHash(std::string_view username, std::string_view hash) = 0;
  virtual Result<> RemoveAccount(std::string_view username) = 0;

  virtual Result<> AddSession(const SessionRow& session) = 0;
  virtual Result<std::optional<SessionRow>> FindSession(std::string_view id_hash) = 0;
  virtual Result<> TouchSession(std::string_view id_hash, WallTime now) = 0;
  virtual Result<> RemoveSession(std::string_view id_hash) = 0;
  virtual Result<> RemoveSessionsBefore(WallTime created, WallTime last_seen) = 0;

  // A device (a browser, by the hash of what its cookie holds) that has signed in to an account:
  // it may try passwords there whatever strangers do. It proves nothing else.
  virtual Result<> RememberDevice(std::string_view device_hash, std::string_view username,
                                  WallTime now) = 0;
  // Of that account; of any, if `username` is empty.
  virtual Result<bool> KnowsDevice(std::string_view device_hash, std::string_view username) = 0;

  // Adds, or gives a new token to a terminal of that name (its old secret goes on working until the
  // new token is used; a revoked one is un-revoked by using the new token).
  virtual Result<> AddTerminal(std::string_view name, std::string_view token_hash,
                               WallTime token_expires) = 0;
  // In one transaction: finds the unexpired token, forgets it, stores the secret. kDenied if there
  // is none. Returns the terminal's name.
  // `former_secret_hash`: of the secret that this terminal had before, if it had one here: if that
  // is another, enrolled terminal's, the two are one machine: the former name ends (as by
  // RevokeTerminal), and its taps may come under the new name.
  virtual Result<std::string> ExchangeToken(std::string_view token_hash, WallTime now,
                                            std::string_view secret_hash,
                                            std::string_view former_secret_hash) = 0;
  // An enrolled, unrevoked terminal.
  virtual Result<std::optional<TerminalRow>> FindTerminalBySecret(std::string_view secret_hash) = 0;
  virtual Result<std::vector<TerminalRow>> Terminals() = 0;
  // All in one transaction that is not flushed: unlike all else here it may be lost in a power cut.
  virtual Result<> NoteTerminals(std::span<const TerminalNote> notes) = 0;
  virtual Result<> RevokeTerminal(std::string_view name) = 0;  // kRejected if there is none
  // `terminal` brings taps of `name`, as a gate does that was given another name.
  virtual Result<FormerName> TakeFormerName(std::string_view name, std::string_view terminal,
                                            WallTime now) = 0;

  // By what gates' records are judged; kept beside all this.
  virtual TrustStore& Trust() = 0;
};

}  // namespace tamtap
