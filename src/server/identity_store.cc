#include "server/identity_store.h"

namespace tamtap {

std::string_view ToString(AccountRole role) {
  switch (role) {
    case AccountRole::kAdmin:
      return "admin";
    case AccountRole::kAdviser:
      return "adviser";
    case AccountRole::kTeacher:
      return "teacher";
  }
  return "teacher";
}

std::optional<AccountRole> AccountRoleFrom(std::string_view text) {
  for (const AccountRole role :
       {AccountRole::kAdmin, AccountRole::kAdviser, AccountRole::kTeacher}) {
    if (ToString(role) == text) return role;
  }
  return std::nullopt;
}

Account WithDifferences(Account now, const Account& before, const Account& after) {
  const auto take = [&](auto field) {
    if (before.*field != after.*field) now.*field = after.*field;
  };
  take(&Account::role);
  take(&Account::sections);
  take(&Account::name);
  take(&Account::email);
  take(&Account::must_change_password);
  return now;
}

}  // namespace tamtap
