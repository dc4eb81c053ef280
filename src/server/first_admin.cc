#include "server/first_admin.h"

#include <algorithm>

#include "base/log.h"
#include "server/credentials.h"

namespace tamtap {
namespace {

constexpr auto kGoodFor = std::chrono::hours(1);

}  // namespace

Result<bool> FirstAdmin::HasAdmin() {
  TAMTAP_TRY(const auto accounts, identity_.Accounts());
  return std::any_of(accounts.begin(), accounts.end(),
                     [](const Account& account) { return account.role == AccountRole::kAdmin; });
}

Result<std::string> FirstAdmin::Offer() {
  TAMTAP_TRY(const bool there, HasAdmin());
  if (there) return std::string();
  std::string token = NewSecret(random_);
  MutexLock lock(mutex_);
  token_hash_ = HashSecret(token);
  expires_ = clock_.MonotonicNow() + kGoodFor;
  return token;
}

Result<> FirstAdmin::Use(std::string_view token, std::string_view username,
                         std::string_view password) {
  MutexLock lock(mutex_);
  // Hashes are compared, so the time that it takes tells nothing of the token.
  const bool good =
      !token_hash_.empty() && HashSecret(token) == token_hash_ && clock_.MonotonicNow() < expires_;
  if (good) {
    TAMTAP_TRY(const bool there, HasAdmin());
    if (!there) {
      TAMTAP_RETURN_IF_ERROR(AddAccount(identity_, username, AccountRole::kAdmin, {}, password));
      token_hash_.clear();
      LogWarning("audit: {} is the first administrator, by the link that was printed", username);
      return {};
    }
  }
  return Error{ErrorCode::kDenied, "make the first administrator", 0,
               "the link is used or too old; start the server again for another, or type tamtap "
               "account add NAME --role admin --password-stdin"};
}

}  // namespace tamtap
