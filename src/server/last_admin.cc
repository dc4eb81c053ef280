#include "server/last_admin.h"

#include <algorithm>

#include "server/do_alone.h"

namespace tamtap {

Result<bool> LastAdmin::Take(const std::string& username, const std::function<Result<>()>& take) {
  bool another = false;
  const auto work = [&]() -> Result<> {
    TAMTAP_TRY(const auto accounts, identity_.Accounts());
    another = std::any_of(accounts.begin(), accounts.end(), [&](const Account& each) {
      return each.role == AccountRole::kAdmin && each.username != username;
    });
    return another ? take() : Result<>();
  };
  TAMTAP_TRY(const bool alone,
             DoAlone("administrators", identity_.Shared(), clock_, random_, work));
  if (!alone) {
    return Error{ErrorCode::kRetry, "change an administrator", 0,
                 "another one is just being changed; look who is left, and try again"};
  }
  return another;
}

}  // namespace tamtap
