// Sign-in, sign-out, who am I; enrolment of terminals.
#include <fmt/core.h>

#include "server/api_server.h"
#include "server/credentials.h"
#include "server/json_response.h"

namespace tamtap {
namespace {

namespace json = boost::json;

json::object UserJson(const Account& account) {
  json::array sections;
  for (const std::string& section : account.sections) sections.emplace_back(section);
  const bool adviser = account.role == AccountRole::kAdviser && !account.sections.empty();
  return {{"username", account.username},
          {"name", account.username},
          {"role", account.role == AccountRole::kAdmin ? "admin" : "teacher"},
          {"role_type", ToString(account.role)},
          {"advised_section", adviser ? json::value(account.sections.front()) : json::value()},
          {"sections_handled", std::move(sections)}};
}

std::string SessionCookie(std::string_view value, bool secure, int max_age_seconds) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kSessionCookie,
                     value, max_age_seconds, secure ? "; Secure" : "");
}

// {"username":...} as JSON, or username=...&password=... as a form sends it.
std::string LoginField(const http::Request& request, std::string_view name) {
  if (!request.Header("Content-Type").starts_with("application/x-www-form-urlencoded")) {
    return TextAt(JsonBody(request), name);
  }
  http::Request form;
  form.target = "/?" + request.body;
  return form.Query(name);
}

constexpr int kCookieSeconds = 7 * 24 * 3600;

}  // namespace

void ApiServer::AddAccountRoutes() {
  router_.Add("POST", "/api/auth/login", Access::kPublic, [this](const Call& call) {
    std::string name = LoginField(call.request, "username");
    if (name.empty()) name = LoginField(call.request, "email");
    const auto signed_in = authenticator_.SignIn(name, LoginField(call.request, "password"),
                                                 call.request.remote_address);
    if (!signed_in && signed_in.error().operation == "sign in" &&
        signed_in.error().code == ErrorCode::kRetry) {
      http::Response wait = JsonError(429, "too many attempts; wait a few minutes");
      wait.headers.emplace_back("Retry-After", signed_in.error().hint);
      return wait;
    }
    if (!signed_in && signed_in.error().code == ErrorCode::kDenied) {
      return JsonError(401, signed_in.error().hint);
    }
    if (!signed_in) return JsonError(signed_in.error());
    // A session that came along is another one's end: ids are never carried over a sign-in.
    if (!call.caller.session_hash.empty()) authenticator_.SignOut(call.caller.session_hash);
    http::Response response = JsonOk({{"user", UserJson(signed_in->account)}});
    response.headers.emplace_back(
        "Set-Cookie", SessionCookie(signed_in->session_id, call.request.secure, kCookieSeconds));
    return response;
  });

  router_.Add("POST", "/api/auth/logout", Access::kAccount, [this](const Call& call) {
    authenticator_.SignOut(call.caller.session_hash);
    http::Response response = JsonOk({});
    response.headers.emplace_back("Set-Cookie", SessionCookie("", call.request.secure, 0));
    return response;
  });

  router_.Add("GET", "/api/auth/me", Access::kAccount, [](const Call& call) {
    return JsonOk({{"user", UserJson(*call.caller.account)}});
  });

  router_.Add("POST", "/api/terminal/enroll", Access::kPublic, [this](const Call& call) {
    const std::string token = TextAt(JsonBody(call.request), "token");
    const auto enrolled = Enroll(identity_, random_, clock_, token);
    if (!enrolled) return JsonError(enrolled.error());
    feed_.TerminalsChanged();
    return JsonOk({{"terminal", enrolled->terminal}, {"secret", enrolled->secret}});
  });
}

}  // namespace tamtap
