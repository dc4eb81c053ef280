#include "server/first_admin.h"

#include <algorithm>

#include "base/log.h"
#include "server/credentials.h"
#include "server/do_alone.h"

namespace tamtap {
namespace {

constexpr auto kGoodFor = std::chrono::hours(1);

// The note of a token says until when it is good; its key tells nobody the token.
std::string KeyOf(std::string_view token) { return "first admin " + HashSecret(token); }

std::string Text(WallTime until) { return std::to_string(until.time_since_epoch().count()); }

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
  const WallTime until = clock_.Now() + kGoodFor;
  SharedState& shared = identity_.Shared();
  MutexLock lock(mutex_);
  if (!offered_.empty()) {
    TAMTAP_TRY(const auto before, shared.Read(offered_));
    if (before) {
      TAMTAP_TRY(const bool taken, shared.Exchange(offered_, before, std::nullopt, {}));
      static_cast<void>(taken);
    }
  }
  TAMTAP_TRY(const bool noted, shared.Exchange(KeyOf(token), std::nullopt, Text(until), until));
  if (!noted) return Error{ErrorCode::kRetry, "offer a link", 0, "its token is taken"};
  offered_ = KeyOf(token);
  return token;
}

Result<> FirstAdmin::Use(std::string_view token, std::string_view username,
                         std::string_view password) {
  const WallTime now = clock_.Now();
  SharedState& shared = identity_.Shared();
  const std::string key = KeyOf(token);
  MutexLock lock(mutex_);
  TAMTAP_TRY(const auto good_until, shared.Read(key));
  if (good_until && HoldsAt(*good_until, now)) {
    // So that two links make no two.
    const auto made =
        DoAlone("first admin", shared, clock_, random_, [&] { return Make(username, password); });
    if (made && !*made) {
      return Error{ErrorCode::kRetry, "make the first administrator", 0,
                   "another server is just making one; try again in half a minute"};
    }
    if (made) {
      static_cast<void>(shared.Exchange(key, good_until, std::nullopt, {}));
      return {};
    }
    if (made.error().code != ErrorCode::kDenied) return made.error();
  }
  return Error{ErrorCode::kDenied, "make the first administrator", 0,
               "the link is used or too old; start the server again for another, or type tamtap "
               "account add NAME --role admin --password-stdin"};
}

Result<> FirstAdmin::Make(std::string_view username, std::string_view password) {
  TAMTAP_TRY(const bool there, HasAdmin());
  if (there) return Error{ErrorCode::kDenied, "make the first administrator", 0, {}};
  TAMTAP_RETURN_IF_ERROR(AddAccount(identity_, username, AccountRole::kAdmin, {}, password));
  LogWarning("audit: {} is the first administrator, by the link that was printed", username);
  return {};
}

}  // namespace tamtap
