// Accounts: one's own password and sessions, and for administrators those of all staff.
#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "http/peer_address.h"
#include "server/account_json.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/json_response.h"
#include "server/list_page.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kSessionDigits = 16;  // of the hash of a session's id, by which it is named
constexpr size_t kGivenPasswordBytes = 9;

std::string SessionName(const SessionRow& session) {
  return session.id_hash.substr(0, kSessionDigits);
}

// Texts of one of several names that pages give them.
std::string EitherAt(const json::object& body, std::string_view one, std::string_view other) {
  std::string text = TextAt(body, one);
  return text.empty() ? TextAt(body, other) : text;
}

// Puts role, sections, name and e-mail of the body into the account; what it does not name stays.
Result<> TakeAccountFields(const json::object& body, Account& account) {
  const auto refused = [](std::string why) {
    return Error{ErrorCode::kRejected, "change the account", 0, std::move(why)};
  };
  if (body.contains("name")) account.name = Nfc(TrimSpace(TextAt(body, "name")));
  if (body.contains("email")) account.email = Nfc(TrimSpace(TextAt(body, "email")));
  for (const std::string* const text : {&account.name, &account.email}) {
    if (text->size() > kMostFieldBytes || !IsUtf8(*text)) return refused("a text is too long");
  }
  const std::string role = EitherAt(body, "role_type", "role");
  if (!role.empty()) {
    const auto known = AccountRoleFrom(role);
    if (!known) return refused("the role is admin, adviser or teacher");
    account.role = *known;
  }
  const std::string advised = TextAt(body, "advised_section");
  const json::value* const handled = body.if_contains("sections_handled");
  if (handled != nullptr) {
    if (!handled->is_array()) return refused("sections_handled is a list of names");
    account.sections.clear();
    for (const json::value& each : handled->get_array()) {
      if (!each.is_string()) return refused("sections_handled is a list of names");
      account.sections.emplace_back(each.get_string());
    }
  }
  // Whom an adviser advises stands first.
  if (!advised.empty()) {
    std::erase(account.sections, advised);
    account.sections.insert(account.sections.begin(), advised);
    if (role.empty() && account.role == AccountRole::kTeacher) account.role = AccountRole::kAdviser;
  }
  return {};
}

}  // namespace

http::Response ApiServer::ChangeOwnPassword(const Call& call) {
  const json::object body = JsonBody(call.request);
  const std::string current = EitherAt(body, "currentPassword", "current_password");
  const std::string next = EitherAt(body, "newPassword", "new_password");
  if (current.empty() || next.empty()) {
    return JsonError(400, "give currentPassword and newPassword");
  }
  const std::string client = http::ClientOf(call.request).key;
  const auto attempt = authenticator_.ChangePassword(*call.caller.account, current, next, client,
                                                     call.request.Cookie(kDeviceCookie));
  if (!attempt) return JsonError(attempt.error());
  if (attempt->wait > attempt->wait.zero()) {
    http::Response wait = JsonError(429, "too many attempts; wait a little");
    wait.headers.emplace_back("Retry-After", std::to_string(attempt->wait.count()));
    return wait;
  }
  // Not 401: whoever asks is signed in.
  if (!attempt->signed_in) return JsonError(400, "the current password is wrong");
  NoteAct(call, "change the own password", call.caller.account->username,
          "all other sessions are ended");
  http::Response response = JsonOk({{"message",
                                     "the password is changed; you are signed out "
                                     "everywhere else"}});
  AddSessionCookie(attempt->signed_in->session_id, response);
  return response;
}

Result<std::string> ApiServer::OfferFirstAdmin() {
  TAMTAP_TRY(const std::string token, first_admin_.Offer());
  // Behind the #, so that it is in no log of a server or proxy.
  return token.empty() ? std::string() : "/setup#" + token;
}

http::Response ApiServer::MakeFirstAdmin(const Call& call) {
  const json::object body = JsonBody(call.request);
  const std::string username = Nfc(TrimSpace(TextAt(body, "username")));
  const auto made = first_admin_.Use(TextAt(body, "token"), username, TextAt(body, "password"));
  if (!made && made.error().code == ErrorCode::kDenied) {
    return JsonError(401, made.error().Message());
  }
  if (!made) return JsonError(made.error());
  NoteAct(username, "make the first administrator", username, "by the one-time link");
  http::Response response =
      JsonOk({{"message", username + " is the first administrator; sign in"}});
  response.status = 201;
  return response;
}

http::Response ApiServer::OwnSessions(const Call& call) {
  const auto sessions = identity_.SessionsOf(call.caller.account->username);
  if (!sessions) return JsonError(sessions.error());
  json::array data;
  for (const SessionRow& session : *sessions) {
    data.push_back({{"id", SessionName(session)},
                    {"created", zone_.ToLocal(session.created).iso},
                    {"last_seen", zone_.ToLocal(session.last_seen).iso},
                    {"current", session.id_hash == call.caller.session_hash}});
  }
  const size_t count = data.size();
  return JsonOk({{"count", count}, {"data", std::move(data)}});
}

// "others": all but this one.
http::Response ApiServer::EndSession(const Call& call) {
  const std::string& named = call.parameters[0];
  const auto sessions = identity_.SessionsOf(call.caller.account->username);
  if (!sessions) return JsonError(sessions.error());
  size_t ended = 0;
  for (const SessionRow& session : *sessions) {
    const bool own = session.id_hash == call.caller.session_hash;
    if (named == "others" ? own : SessionName(session) != named) continue;
    if (const auto removed = identity_.RemoveSession(session.id_hash); !removed) {
      return JsonError(removed.error());
    }
    ++ended;
  }
  if (ended == 0 && named != "others") return JsonError(404, "there is no such session");
  NoteAct(call, "end sessions", call.caller.account->username, fmt::format("{} sessions", ended));
  return JsonOk({{"message", fmt::format("{} sessions are ended", ended)}, {"ended", ended}});
}

http::Response ApiServer::StaffAccounts(const Call& call) {
  const auto page = AskedPageOf(call.request);
  if (!page) return JsonError(page.error());
  const auto accounts = identity_.Accounts();
  if (!accounts) return JsonError(accounts.error());
  PageFill fill(*page);
  json::array data;
  for (const Account& account : *accounts) {
    if (fill.Takes(account.username)) data.push_back(AccountJson(account));
  }
  return JsonOk({{"count", data.size()},
                 {"total", fill.total()},
                 {"next", fill.next() ? json::value(*fill.next()) : json::value()},
                 {"data", std::move(data)}});
}

http::Response ApiServer::AddStaffAccount(const Call& call) {
  const json::object body = JsonBody(call.request);
  Account wanted;
  if (const auto taken = TakeAccountFields(body, wanted); !taken) return JsonError(taken.error());
  wanted.username = Nfc(TrimSpace(TextAt(body, "username")));
  const std::string given = TextAt(body, "password");
  // Without one, it is given a password that only the answer tells, and that must be changed.
  const std::string password = given.empty() ? random_.Hex(kGivenPasswordBytes) : given;
  const auto there = FindAccount(identity_, wanted.username);
  if (!there) return JsonError(there.error());
  if (*there) return JsonError(409, "there is an account of that name");
  const auto added =
      tamtap::AddAccount(identity_, wanted.username, wanted.role, wanted.sections, password);
  if (!added) return JsonError(added.error());
  const Account as_added{wanted.username, wanted.role, wanted.sections, {}};
  wanted.must_change_password = given.empty() || body.contains("forceChange");
  const auto kept = EditAccount(identity_, as_added, wanted);
  if (!kept) return JsonError(kept.error());
  NoteAct(call, "add an account", wanted.username, std::string(ToString(wanted.role)));
  json::object answer{{"message", "the account " + wanted.username + " is there"},
                      {"data", AccountJson(wanted)}};
  if (given.empty()) answer.emplace("password", password);
  http::Response response = JsonOk(std::move(answer));
  response.status = 201;
  return response;
}

// Calls `change`, which may take an administrator's rights away; an error of status 409 if nobody
// would have them then.
std::optional<http::Response> ApiServer::ChangeAccount(const Account& account, bool stays,
                                                       const std::function<Result<>()>& change) {
  if (stays) {
    const auto changed = change();
    return changed ? std::nullopt : std::optional(JsonError(changed.error()));
  }
  const auto taken = last_admin_.Take(account.username, change);
  if (!taken) return JsonError(taken.error());
  if (!*taken) return JsonError(409, "it is the last administrator");
  return std::nullopt;
}

http::Response ApiServer::WithAccount(const Call& call,
                                      const std::function<http::Response(const Account&)>& handle) {
  const auto account = FindAccount(identity_, call.parameters[0]);
  if (!account) return JsonError(account.error());
  if (!*account) return JsonError(404, "there is no account of that name");
  return handle(**account);
}

http::Response ApiServer::EditStaffAccount(const Call& call) {
  const json::object body = JsonBody(call.request);
  if (body.empty()) return JsonError(400, "say what is to be changed");
  MutexLock lock(accounts_mutex_);
  identity_.LookAgain();  // whoever has looked at it may have looked at what another server changed
  return WithAccount(call, [&](const Account& account) {
    if (!IsStillAsSeen(call.request, JsonOk({{"data", AccountJson(account)}}))) {
      return JsonError(412, "somebody has changed that account meanwhile; look again");
    }
    Account changed = account;
    if (const auto taken = TakeAccountFields(body, changed); !taken) {
      return JsonError(taken.error());
    }
    const bool stays = account.role != AccountRole::kAdmin || changed.role == AccountRole::kAdmin;
    auto refused =
        ChangeAccount(account, stays, [&] { return EditAccount(identity_, account, changed); });
    if (refused) return *std::move(refused);
    NoteAct(call, "change an account", account.username,
            fmt::format("{}, {} sections", ToString(changed.role), changed.sections.size()));
    return JsonOk({{"message", "the account " + account.username + " is changed"},
                   {"data", AccountJson(changed)}});
  });
}

http::Response ApiServer::RemoveStaffAccount(const Call& call) {
  MutexLock lock(accounts_mutex_);
  return WithAccount(call, [&](const Account& account) {
    // Whatever they are: another server may have made an administrator of them a moment ago.
    auto refused = ChangeAccount(account, /*stays=*/false,
                                 [&] { return identity_.RemoveAccount(account.username); });
    if (refused) return *std::move(refused);
    NoteAct(call, "remove an account", account.username, "its sessions are ended");
    return JsonOk({{"message", "the account " + account.username + " is removed"}});
  });
}

http::Response ApiServer::ResetPassword(const Call& call) {
  const json::object body = JsonBody(call.request);
  const std::string given = EitherAt(body, "newPassword", "new_password");
  const std::string password = given.empty() ? random_.Hex(kGivenPasswordBytes) : given;
  return WithAccount(call, [&](const Account& account) {
    const auto changed = tamtap::ChangePassword(identity_, account.username, password);
    if (!changed) return JsonError(changed.error());
    // The hash took a while, and somebody may have changed the account meanwhile.
    MutexLock lock(accounts_mutex_);
    const auto there = FindAccount(identity_, account.username);
    if (!there) return JsonError(there.error());
    if (!*there) return JsonError(404, "there is no account of that name");
    Account now = **there;
    const json::value* const force = body.if_contains("forceChange");
    now.must_change_password = force == nullptr || *force != json::value(false);
    if (const auto kept = EditAccount(identity_, **there, now); !kept) {
      return JsonError(kept.error());
    }
    NoteAct(call, "reset a password", account.username, "its sessions are ended");
    LogWarning("audit: {} resets the password of {}", call.caller.account->username,
               account.username);
    json::object answer{{"message", "the password of " + account.username + " is another one"},
                        {"forceChange", now.must_change_password}};
    if (given.empty()) answer.emplace("password", password);
    return JsonOk(std::move(answer));
  });
}

void ApiServer::AddStaffAccountRoutes() {
  router_.Add("POST", "/api/auth/first-admin", Access::kPublic,
              [this](const Call& call) { return MakeFirstAdmin(call); });
  router_.Add("POST", "/api/auth/change-password", Access::kAccount,
              [this](const Call& call) { return ChangeOwnPassword(call); });
  router_.Add("GET", "/api/auth/sessions", Access::kAccount,
              [this](const Call& call) { return OwnSessions(call); });
  router_.Add("DELETE", "/api/auth/sessions/:id", Access::kAccount,
              [this](const Call& call) { return EndSession(call); });
  router_.Add("GET", "/api/admin/teachers", Access::kAdmin,
              [this](const Call& call) { return StaffAccounts(call); });
  router_.Add("POST", "/api/admin/teachers", Access::kAdmin,
              [this](const Call& call) { return AddStaffAccount(call); });
  router_.Add("GET", "/api/admin/teachers/:username", Access::kAdmin, [this](const Call& call) {
    return WithAccount(call, [](const Account& account) {
      return JsonOk({{"data", AccountJson(account)}});
    });
  });
  router_.Add("PUT", "/api/admin/teachers/:username", Access::kAdmin,
              [this](const Call& call) { return EditStaffAccount(call); });
  router_.Add("DELETE", "/api/admin/teachers/:username", Access::kAdmin,
              [this](const Call& call) { return RemoveStaffAccount(call); });
  router_.Add("POST", "/api/admin/teachers/:username/reset-password", Access::kAdmin,
              [this](const Call& call) { return ResetPassword(call); });
}

}  // namespace tamtap
