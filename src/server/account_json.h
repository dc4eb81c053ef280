// Accounts as the API shows them: never with a hash.
#pragma once

#include <boost/json.hpp>

#include "server/identity_store.h"

namespace tamtap {

// As sign-in tells who somebody is.
inline boost::json::object UserJson(const Account& account) {
  boost::json::array sections;
  for (const std::string& section : account.sections) sections.emplace_back(section);
  const bool adviser = account.role == AccountRole::kAdviser && !account.sections.empty();
  return {{"username", account.username},
          {"name", account.name.empty() ? account.username : account.name},
          {"email", account.email},
          {"role", account.role == AccountRole::kAdmin ? "admin" : "teacher"},
          {"role_type", ToString(account.role)},
          {"advised_section",
           adviser ? boost::json::value(account.sections.front()) : boost::json::value()},
          {"sections_handled", std::move(sections)},
          {"forcePasswordChange", account.must_change_password}};
}

// As administrators see it. An account is named by its user name.
inline boost::json::object AccountJson(const Account& account) {
  boost::json::object object = UserJson(account);
  object.emplace("id", account.username);
  return object;
}

}  // namespace tamtap
