// Secrets: passwords, session ids, terminal tokens. libsodium stays behind this header.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "server/identity_store.h"
#include "tap/mark.h"

namespace tamtap {

inline constexpr size_t kSecretBytes = 32;
// In characters of the composed form, so that each spelling of a password is as long as the others.
inline constexpr size_t kShortestPassword = 8;
inline constexpr size_t kLongestPassword = 1024;
inline constexpr size_t kLongestName = 64;  // of an account

// Hashes a password with Argon2id and libsodium's interactive limits (about 64 MiB, a tenth of a
// second). It is brought to its composed form (NFC) first, so that it makes no difference how a
// keyboard spells a letter. kRetry: there is too little memory now.
Result<std::string> HashPassword(std::string_view password);
// Whether the password belongs to the hash. kRetry: there is too little memory to find out.
Result<bool> PasswordFits(std::string_view hash, std::string_view password);
// Takes as long as a wrong password does, and as much memory: for accounts that do not exist.
Result<> PretendToCheck(std::string_view password);

// 256 random bits as 64 hexadecimal digits; and the hash that is stored instead of it (SHA-256,
// which is enough for a secret that nobody can guess).
std::string NewSecret(Random& random);
std::string HashSecret(std::string_view secret);

// kRejected for a name that is taken, a password that is too short or that anybody would guess (the
// account's name, the commonest ones), text that is not UTF-8, and the like.
Result<> AddAccount(IdentityStore& store, std::string_view name, AccountRole role,
                    const std::vector<std::string>& sections, std::string_view password);
// Makes of an account what `after` says otherwise than `before` (IdentityStore::ChangeAccount).
// Sections are brought to their one form. kRejected if there is no such account.
Result<> EditAccount(IdentityStore& store, const Account& before, Account after);
// Finds an account by its name, in any spelling of its letters, also if an earlier version stored
// the name in another spelling.
Result<std::optional<Account>> FindAccount(IdentityStore& store, std::string_view name);
Result<> ChangePassword(IdentityStore& store, std::string_view name, std::string_view password);
// Changes the password for its owner, whose old one was found to fit the account's hash. Returns
// the new hash. If somebody has set another password since, it changes nothing and returns nothing.
Result<std::optional<std::string>> ChangeOwnPassword(IdentityStore& store, const Account& account,
                                                     std::string_view password);

struct TerminalToken {
  std::string token;
  WallTime expires;
};
// A one-time token, good for an hour: twelve letters and digits that can be typed, in either case,
// with or without their dashes. kRejected for a name that no terminal may have.
Result<TerminalToken> NewTerminalToken(IdentityStore& store, Random& random, Clock& clock,
                                       std::string_view name);
// Returns the hash by which IdentityStore keeps a token, however that was typed.
std::string HashTerminalToken(std::string_view token);
struct TerminalSecret {
  std::string terminal;
  std::string secret;
};
// kDenied if the token is unknown, used or too old.
// `former_secret_hash`: HashSecret of the secret that this terminal had before, or empty; see
// IdentityStore::ExchangeToken.
Result<TerminalSecret> Enroll(IdentityStore& store, Random& random, Clock& clock,
                              std::string_view token, std::string_view former_secret_hash = {});

}  // namespace tamtap
