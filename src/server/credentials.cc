#include "server/credentials.h"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/check.h"
#include "base/sha256.h"
#include "base/text.h"
#include "server/common_passwords.h"
#include "tap/mark.h"
#include "tap/tap_id.h"

namespace tamtap {
namespace {

constexpr auto kTokenLife = std::chrono::hours(1);
// A stored hash that asks for more was not made here.
constexpr size_t kMostHashBytes = 1 << 30;
constexpr unsigned long long kMostPasses = 100;

// The digits and letters of a code that somebody types: without I, L, O and U, which are taken for
// others (Crockford's base 32).
constexpr std::string_view kCodeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kCodeGroup = 4;
constexpr size_t kCodeLength = 3 * kCodeGroup;  // 60 bits, and good for an hour only

// As it is hashed: a code however it was typed, and any other token as it is.
std::string CodeOrToken(std::string_view token) {
  std::string plain;
  for (const char c : LowerAscii(token)) {
    if (c == '-' || c == ' ') continue;
    const char letter = c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
    plain += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  const bool is_code =
      plain.size() == kCodeLength && plain.find_first_not_of(kCodeLetters) == std::string::npos;
  return is_code ? plain : std::string(token);
}

// "7K2M-9PQX-W4TD".
std::string NewCode(Random& random) {
  std::string code;
  for (size_t i = 0; i < kCodeLength; ++i) {
    if (i > 0 && i % kCodeGroup == 0) code += '-';
    code += kCodeLetters[random.Below(kCodeLetters.size())];
  }
  return code;
}

std::string Lower(std::string_view text) { return LowerAscii(Nfc(text)); }

Error TooLittleMemory() {
  return {ErrorCode::kRetry, "hash a password", 0, "it needs 64 MiB of memory"};
}

// libsodium's string form of a hash, taken apart.
struct KeptHash {
  unsigned long long passes = 0;
  size_t memory_bytes = 0;
  std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
  std::array<unsigned char, 32> sum{};
};

// Nothing left over, nothing missing.
template <size_t kBytes>
bool ReadBase64(std::string_view text, std::array<unsigned char, kBytes>& bytes) {
  const auto read = Base64Decode(text, Base64::kUnpadded);
  if (!read || read->size() != kBytes) return false;
  std::copy(read->begin(), read->end(), bytes.begin());
  return true;
}

std::optional<KeptHash> ReadHash(std::string_view text) {
  std::array<std::string_view, 6> parts;  // "", argon2id, version, limits, salt, sum
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t end = std::min(text.find('$'), text.size());
    parts[i] = text.substr(0, end);
    if ((end == text.size()) != (i + 1 == parts.size())) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (parts[1] != "argon2id" || parts[2] != "v=19") return std::nullopt;
  unsigned kibibytes = 0;
  unsigned passes = 0;
  unsigned lanes = 0;
  const std::string limits(parts[3]);
  if (std::sscanf(limits.c_str(), "m=%9u,t=%9u,p=%9u", &kibibytes, &passes, &lanes) != 3) {
    return std::nullopt;
  }
  KeptHash kept{passes, size_t{kibibytes} * 1024, {}, {}};
  if (lanes != 1 || kept.memory_bytes > kMostHashBytes || kept.passes > kMostPasses ||
      !ReadBase64(parts[4], kept.salt) || !ReadBase64(parts[5], kept.sum)) {
    return std::nullopt;
  }
  return kept;
}

// Not by crypto_pwhash_str_verify: its one "no" also means that it had no memory to look.
Result<bool> Fits(const KeptHash& kept, std::string_view password) {
  std::array<unsigned char, 32> sum{};
  if (crypto_pwhash(sum.data(), sum.size(), password.data(), password.size(), kept.salt.data(),
                    kept.passes, kept.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return TooLittleMemory();
  }
  return sodium_memcmp(sum.data(), kept.sum.data(), sum.size()) == 0;
}

Result<> CheckPassword(std::string_view name, std::string_view password) {
  if (!IsUtf8(password)) {
    return Error{ErrorCode::kRejected, "set a password", 0, "it is not UTF-8"};
  }
  const std::string composed = Nfc(password);
  if (CountCharacters(composed) < kShortestPassword) {
    return Error{ErrorCode::kRejected, "set a password", 0,
                 fmt::format("use at least {} characters", kShortestPassword)};
  }
  if (CountCharacters(composed) > kLongestPassword) {
    return Error{ErrorCode::kRejected, "set a password", 0,
                 fmt::format("use at most {} characters", kLongestPassword)};
  }
  if (Lower(composed) == Lower(name)) {
    return Error{ErrorCode::kRejected, "set a password", 0,
                 "it is the account's name, which everybody tries first; choose another"};
  }
  if (IsCommonPassword(composed)) {
    return Error{ErrorCode::kRejected, "set a password", 0,
                 "it is one of the 10,000 most used passwords, which guessers try first; "
                 "choose another"};
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
    return TooLittleMemory();
  }
  return std::string(hash.data());
}

Result<bool> PasswordFits(std::string_view hash, std::string_view password) {
  CHECK(sodium_init() >= 0);
  const auto kept = ReadHash(hash);
  if (!kept) return false;  // what can't be read fits none
  const std::string composed = Nfc(password);
  TAMTAP_TRY(const bool as_composed, Fits(*kept, composed));
  // Earlier versions hashed passwords as they were typed.
  if (as_composed || composed == password) return as_composed;
  return Fits(*kept, password);
}

Result<> PretendToCheck(std::string_view password) {
  // With the limits that real hashes have, and a sum of zeros that no password comes to.
  static const std::string hash =
      fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024,
                  crypto_pwhash_OPSLIMIT_INTERACTIVE, std::string(22, 'A'), std::string(43, 'A'));
  TAMTAP_TRY(const bool fits, PasswordFits(hash, password));
  CHECK(!fits);
  return {};
}

std::string NewSecret(Random& random) { return random.Hex(kSecretBytes); }

std::string HashSecret(std::string_view secret) { return Sha256Hex(secret); }

Result<> AddAccount(IdentityStore& store, std::string_view name, AccountRole role,
                    const std::vector<std::string>& sections, std::string_view password) {
  TAMTAP_RETURN_IF_ERROR(CheckName(name));
  TAMTAP_RETURN_IF_ERROR(CheckPassword(name, password));
  Account account;
  account.username = Nfc(name);
  account.role = role;
  TAMTAP_TRY(account.sections, CleanSections(sections));
  TAMTAP_TRY(account.password_hash, HashPassword(password));
  return store.AddAccount(account);
}

Result<> EditAccount(IdentityStore& store, const Account& before, Account after) {
  TAMTAP_TRY(after.sections, CleanSections(after.sections));
  return store.ChangeAccount(before, after);
}

Result<std::optional<Account>> FindAccount(IdentityStore& store, std::string_view name) {
  const std::string composed = Nfc(name);
  TAMTAP_TRY(auto account, store.FindAccount(composed));
  if (account || composed == name) return account;
  return store.FindAccount(name);
}

Result<> ChangePassword(IdentityStore& store, std::string_view name, std::string_view password) {
  TAMTAP_RETURN_IF_ERROR(CheckPassword(name, password));
  TAMTAP_TRY(const std::string hash, HashPassword(password));
  TAMTAP_TRY(const auto account, FindAccount(store, name));
  return store.SetPasswordHash(account ? account->username : Nfc(name), hash);
}

Result<std::optional<std::string>> ChangeOwnPassword(IdentityStore& store, const Account& account,
                                                     std::string_view password) {
  TAMTAP_RETURN_IF_ERROR(CheckPassword(account.username, password));
  TAMTAP_TRY(std::string hash, HashPassword(password));
  TAMTAP_TRY(const bool replaced,
             store.ReplacePasswordHash(account.username, account.password_hash, hash));
  return replaced ? std::optional(std::move(hash)) : std::nullopt;
}

std::string HashTerminalToken(std::string_view token) { return HashSecret(CodeOrToken(token)); }

Result<TerminalToken> NewTerminalToken(IdentityStore& store, Random& random, Clock& clock,
                                       std::string_view name) {
  if (!IsTerminalName(name) || name == kImportTerminal || name == kStaffTerminal) {
    return Error{ErrorCode::kRejected, fmt::format("terminal name '{}'", Shortened(name, 64)), 0,
                 "use 1 to 32 letters, digits, '-' or '_', and neither 'import' nor 'staff'"};
  }
  TerminalToken token{NewCode(random), clock.Now() + kTokenLife};
  TAMTAP_RETURN_IF_ERROR(store.AddTerminal(name, HashTerminalToken(token.token), token.expires));
  return token;
}

Result<TerminalSecret> Enroll(IdentityStore& store, Random& random, Clock& clock,
                              std::string_view token, std::string_view former_secret_hash) {
  TerminalSecret enrolled;
  enrolled.secret = NewSecret(random);
  TAMTAP_TRY(enrolled.terminal,
             store.ExchangeToken(HashTerminalToken(token), clock.Now(), HashSecret(enrolled.secret),
                                 former_secret_hash));
  return enrolled;
}

}  // namespace tamtap
