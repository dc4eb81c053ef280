#include "server/credentials.h"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/sha256.h"
#include "base/text.h"
#include "tap/mark.h"
#include "tap/tap_id.h"

namespace tamtap {
namespace {

constexpr auto kTokenLife = std::chrono::hours(1);

Result<> CheckPassword(std::string_view password) {
  if (!IsUtf8(password)) {
    return Error{ErrorCode::kRejected, "set a password", 0, "it is not UTF-8"};
  }
  if (password.size() < kShortestPassword) {
    return Error{ErrorCode::kRejected, "set a password", 0,
                 fmt::format("use at least {} characters", kShortestPassword)};
  }
  if (password.size() > kLongestPassword) {
    return Error{ErrorCode::kRejected, "set a password", 0,
                 fmt::format("use at most {} characters", kLongestPassword)};
  }
  return {};
}

Result<> CheckName(std::string_view name) {
  bool fine = !name.empty() && name.size() <= kLongestName && IsUtf8(name);
  for (const char c : name) fine = fine && static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  if (fine) return {};
  return Error{ErrorCode::kRejected, "add an account", 0,
               "its name must be 1 to 64 bytes of UTF-8 without spaces"};
}

// Each once, composed and trimmed: what an account may see is found by comparing.
Result<std::vector<std::string>> CleanSections(const std::vector<std::string>& sections) {
  std::vector<std::string> clean;
  for (const std::string& section : sections) {
    if (!IsUtf8(section)) {
      return Error{ErrorCode::kRejected, "add an account", 0, "a section's name is not UTF-8"};
    }
    std::string name = Nfc(TrimSpace(section));
    const bool known = std::find(clean.begin(), clean.end(), name) != clean.end();
    if (!name.empty() && !known) clean.push_back(std::move(name));
  }
  return clean;
}

}  // namespace

Result<std::string> HashPassword(std::string_view password) {
  CHECK(sodium_init() >= 0);
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const std::string composed = Nfc(password);
  if (crypto_pwhash_str(hash.data(), composed.data(), composed.size(),
                        crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return Error{ErrorCode::kRetry, "hash a password", 0, "it needs 64 MiB of memory"};
  }
  return std::string(hash.data());
}

bool PasswordFits(std::string_view hash, std::string_view password) {
  CHECK(sodium_init() >= 0);
  const std::string kept(hash);
  const auto fits = [&kept](std::string_view spelling) {
    return crypto_pwhash_str_verify(kept.c_str(), spelling.data(), spelling.size()) == 0;
  };
  const std::string composed = Nfc(password);
  // Earlier versions hashed passwords as they were typed.
  return fits(composed) || (composed != password && fits(password));
}

void PretendToCheck(std::string_view password) {
  // With the limits that real hashes have, and a sum of zeros that no password comes to.
  static const std::string hash =
      fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024,
                  crypto_pwhash_OPSLIMIT_INTERACTIVE, std::string(22, 'A'), std::string(43, 'A'));
  CHECK(!PasswordFits(hash, password));
}

std::string NewSecret(Random& random) { return random.Hex(kSecretBytes); }

std::string HashSecret(std::string_view secret) { return Sha256Hex(secret); }

Result<> AddAccount(IdentityStore& store, std::string_view name, AccountRole role,
                    const std::vector<std::string>& sections, std::string_view password) {
  TAMTAP_RETURN_IF_ERROR(CheckName(name));
  TAMTAP_RETURN_IF_ERROR(CheckPassword(password));
  Account account;
  account.username = Nfc(name);
  account.role = role;
  TAMTAP_TRY(account.sections, CleanSections(sections));
  TAMTAP_TRY(account.password_hash, HashPassword(password));
  return store.AddAccount(account);
}

Result<std::optional<Account>> FindAccount(IdentityStore& store, std::string_view name) {
  const std::string composed = Nfc(name);
  TAMTAP_TRY(auto account, store.FindAccount(composed));
  if (account || composed == name) return account;
  return store.FindAccount(name);
}

Result<> ChangePassword(IdentityStore& store, std::string_view name, std::string_view password) {
  TAMTAP_RETURN_IF_ERROR(CheckPassword(password));
  TAMTAP_TRY(const std::string hash, HashPassword(password));
  TAMTAP_TRY(const auto account, FindAccount(store, name));
  return store.SetPasswordHash(account ? account->username : Nfc(name), hash);
}

Result<TerminalToken> NewTerminalToken(IdentityStore& store, Random& random, Clock& clock,
                                       std::string_view name) {
  if (!IsTerminalName(name) || name == kImportTerminal || name == kStaffTerminal) {
    return Error{ErrorCode::kRejected, fmt::format("terminal name '{}'", name.substr(0, 64)), 0,
                 "use 1 to 32 letters, digits, '-' or '_', and neither 'import' nor 'staff'"};
  }
  TerminalToken token{NewSecret(random), clock.Now() + kTokenLife};
  TAMTAP_RETURN_IF_ERROR(store.AddTerminal(name, HashSecret(token.token), token.expires));
  return token;
}

Result<TerminalSecret> Enroll(IdentityStore& store, Random& random, Clock& clock,
                              std::string_view token, std::string_view former_secret_hash) {
  TerminalSecret enrolled;
  enrolled.secret = NewSecret(random);
  TAMTAP_TRY(enrolled.terminal,
             store.ExchangeToken(HashSecret(token), clock.Now(), HashSecret(enrolled.secret),
                                 former_secret_hash));
  return enrolled;
}

}  // namespace tamtap
