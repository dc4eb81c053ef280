#include "server/former_password.h"

#include <crypt.h>
#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>

#include "base/text.h"

namespace tamtap {
namespace {

constexpr size_t kHashLength = 60;    // "$2b$10$", 22 characters of salt, 31 of the sum
constexpr size_t kSettingLength = 7;  // "$2b$10$"
constexpr int kLeastBcryptCost = 4;

// Of a whole hash.
int CostOf(std::string_view hash) { return (hash[4] - '0') * 10 + (hash[5] - '0'); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

Result<bool> Fits(const std::string& hash, const std::string& password) {
  // 32 KiB, too much for a thread's stack; it holds the password for a moment.
  const auto scratch = std::make_unique<crypt_data>();
  const char* const made =
      crypt_rn(password.c_str(), hash.c_str(), scratch.get(), sizeof(crypt_data));
  const bool fits = made != nullptr && std::string_view(made).size() == hash.size() &&
                    sodium_memcmp(made, hash.data(), hash.size()) == 0;
  const int failed = made == nullptr ? errno : 0;
  sodium_memzero(scratch.get(), sizeof(crypt_data));
  if (failed == ENOMEM) return Error{ErrorCode::kRetry, "check a password", failed, {}};
  return fits;  // of a hash that crypt(3) does not take, no password is the right one
}

}  // namespace

bool IsFormerHash(std::string_view hash) {
  if (hash.size() != kHashLength) return false;
  const std::string_view kind = hash.substr(0, 4);
  if (kind != "$2a$" && kind != "$2b$" && kind != "$2y$") return false;
  if (!IsDigit(hash[4]) || !IsDigit(hash[5]) || hash[6] != '$') return false;
  const int cost = CostOf(hash);
  if (cost < kLeastBcryptCost || cost > kMostBcryptCost) return false;
  return std::all_of(hash.begin() + kSettingLength, hash.end(), [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
  });
}

Result<bool> FormerPasswordFits(std::string_view hash, std::string_view password) {
  // crypt(3) ends at a zero byte: what is behind it would be any password's.
  if (!IsFormerHash(hash) || password.find('\0') != std::string_view::npos) return false;
  const std::string kept(hash);
  TAMTAP_TRY(const bool as_typed, Fits(kept, std::string(password)));
  const std::string composed = Nfc(password);
  if (as_typed || composed == password) return as_typed;
  return Fits(kept, composed);
}

// Each cost is twice the one before: from a cost of 10 to one of 12, another 10 and an 11 are left.
Result<> PretendToCheckFormer(std::string_view own, std::string_view dearest,
                              std::string_view password) {
  if (!IsFormerHash(own) || !IsFormerHash(dearest)) return {};
  std::string other(own);
  for (int cost = CostOf(own); cost < CostOf(dearest); ++cost) {
    other[4] = static_cast<char>('0' + cost / 10);
    other[5] = static_cast<char>('0' + cost % 10);
    TAMTAP_RETURN_IF_ERROR(FormerPasswordFits(other, password));
  }
  return {};
}

}  // namespace tamtap
